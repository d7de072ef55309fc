"""What we export, read by programs that were not written by us."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Callable

import numpy
import pandas
import pytest
import spacy
from label_studio_sdk import LabelStudio
from label_studio_sdk.converter import Converter
from label_studio_sdk.converter.brush import mask2rle
from PIL import Image
from pycocotools.coco import COCO
from spacy.tokens import DocBin

from conftest import Http, MakeProject
from support.world import BOXES, ENTITIES, box, choice, span

SENTENCE = "Ada went to London and Paris."
WIDTH, HEIGHT = 200, 100
BRUSH = """<View>
  <Image name="image" value="$image"/>
  <BrushLabels name="brush" toName="image"><Label value="Sky"/></BrushLabels>
</View>"""

Export = Callable[..., bytes]


@pytest.fixture
def export(http: Http) -> Export:
    def ask(project: int, kind: str) -> bytes:
        answer = http.get(f"/api/projects/{project}/export", params={"exportType": kind, "download_resources": "false"})
        assert answer.status_code == 200, answer.text
        return answer.content

    return ask


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def only(content: bytes, suffix: str, folder: Path) -> bytes:
    """The one file of that kind: packed with others, or sent alone."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    (file,) = unpacked(content, folder).rglob(f"*{suffix}")
    return file.read_bytes()


def annotated(ls: LabelStudio, project: int, data: dict, *result: dict) -> int:
    task = ls.tasks.create(project=project, data=data).id
    ls.annotations.create(task, result=list(result))
    return task


@pytest.fixture
def boxes(ls: LabelStudio, make_project: MakeProject) -> int:
    """A cat and a dog on one picture."""
    project = make_project(BOXES)
    annotated(ls, project, {"image": "/data/upload/1/photo.jpg"}, box(10, 20, 30, 40, "Cat"), box(50, 50, 10, 20, "Dog"))
    return project


@pytest.fixture
def entities(ls: LabelStudio, make_project: MakeProject) -> int:
    project = make_project(ENTITIES)
    annotated(ls, project, {"text": SENTENCE}, span(0, 3, "Ada", "PER"), span(12, 18, "London", "LOC"))
    return project


def test_coco(export: Export, boxes: int, tmp_path: Path) -> None:
    unpacked(export(boxes, "COCO"), tmp_path)
    coco = COCO(str(tmp_path / "result.json"))
    names = {category["id"]: category["name"] for category in coco.loadCats(coco.getCatIds())}
    found = {names[one["category_id"]]: one["bbox"] for one in coco.loadAnns(coco.getAnnIds())}
    assert found["Cat"] == pytest.approx([20, 20, 60, 40])
    assert found["Dog"] == pytest.approx([100, 50, 20, 20])
    (image,) = coco.loadImgs(coco.getImgIds())
    assert (image["width"], image["height"]) == (WIDTH, HEIGHT)


def test_yolo(export: Export, boxes: int, tmp_path: Path) -> None:
    unpacked(export(boxes, "YOLO"), tmp_path)
    classes = (tmp_path / "classes.txt").read_text().split()
    (file,) = (tmp_path / "labels").iterdir()
    lines = [line.split() for line in file.read_text().splitlines()]
    rows = {classes[int(line[0])]: [float(number) for number in line[1:]] for line in lines}
    assert rows["Cat"] == pytest.approx([0.25, 0.4, 0.3, 0.4])
    assert rows["Dog"] == pytest.approx([0.55, 0.6, 0.1, 0.2])


def test_conll(export: Export, entities: int) -> None:
    lines = [line.split() for line in export(entities, "CONLL2003").decode().splitlines()]
    tags = {line[0]: line[-1] for line in lines if len(line) == 4}
    assert (tags["Ada"], tags["London"], tags["went"]) == ("B-PER", "B-LOC", "O")


def test_our_json_is_read_by_the_sdks_own_converter(export: Export, boxes: int, tmp_path: Path) -> None:
    (tmp_path / "export.json").write_bytes(export(boxes, "JSON"))
    converter = Converter(BOXES, str(tmp_path), download_resources=False)
    converter.convert_to_yolo(str(tmp_path / "export.json"), str(tmp_path / "out"), is_dir=False)
    (file,) = (tmp_path / "out" / "labels").iterdir()
    assert len(file.read_text().splitlines()) == 2


def test_tables_in_other_alphabets(ls: LabelStudio, export: Export, project: int) -> None:
    text = 'Grüße, "Welt";\n今日は 🌞'
    annotated(ls, project, {"text": text}, choice("Positive"))
    for kind, separator in (("CSV", ","), ("TSV", "\t")):
        content = export(project, kind).decode()
        (row,) = csv.DictReader(io.StringIO(content, newline=""), delimiter=separator)
        assert row["text"] == text
        assert pandas.read_csv(io.StringIO(content, newline=""), sep=separator)["text"][0] == text


@pytest.fixture
def mask() -> numpy.ndarray:
    """A frame: what is inside the hole is not painted."""
    mask = numpy.zeros((HEIGHT, WIDTH), dtype=numpy.uint8)
    mask[10:60, 20:120] = 255
    mask[30:40, 50:90] = 0
    return mask


@pytest.fixture
def brushed(ls: LabelStudio, make_project: MakeProject, mask: numpy.ndarray) -> int:
    project = make_project(BRUSH)
    region = {
        "id": "sky",
        "from_name": "brush",
        "to_name": "image",
        "type": "brushlabels",
        "original_width": WIDTH,
        "original_height": HEIGHT,
        "image_rotation": 0,
        "value": {"format": "rle", "rle": mask2rle(mask), "brushlabels": ["Sky"]},
    }
    annotated(ls, project, {"image": "/data/upload/1/photo.jpg"}, region)
    return project


def test_brush_as_pictures(export: Export, brushed: int, mask: numpy.ndarray, tmp_path: Path) -> None:
    picture = only(export(brushed, "BRUSH_TO_PNG"), ".png", tmp_path)
    painted = numpy.array(Image.open(io.BytesIO(picture)).convert("L")) > 127
    assert (painted == (mask > 0)).all()


def test_brush_as_arrays(export: Export, brushed: int, mask: numpy.ndarray, tmp_path: Path) -> None:
    array = numpy.load(io.BytesIO(only(export(brushed, "BRUSH_TO_NUMPY"), ".npy", tmp_path)))
    assert ((array > 0) == (mask > 0)).all()


@pytest.mark.ours
def test_brush_in_coco(export: Export, brushed: int, mask: numpy.ndarray, tmp_path: Path) -> None:
    unpacked(export(brushed, "COCO"), tmp_path)
    coco = COCO(str(tmp_path / "result.json"))
    (annotation,) = coco.loadAnns(coco.getAnnIds())
    assert (coco.annToMask(annotation).astype(bool) == (mask > 0)).all()
    assert annotation["area"] == (mask > 0).sum()


@pytest.mark.ours
def test_spacy(export: Export, entities: int, tmp_path: Path) -> None:
    content = only(export(entities, "SPACY"), ".spacy", tmp_path)
    (doc,) = DocBin().from_bytes(content).get_docs(spacy.blank("en").vocab)
    assert doc.text == SENTENCE
    assert [(entity.text, entity.label_) for entity in doc.ents] == [("Ada", "PER"), ("London", "LOC")]


@pytest.mark.ours
def test_parquet(export: Export, entities: int, tmp_path: Path) -> None:
    frame = pandas.read_parquet(io.BytesIO(only(export(entities, "PARQUET"), ".parquet", tmp_path)))
    assert len(frame) == 1
    assert SENTENCE in frame.astype(str).to_string()


@pytest.mark.ours
@pytest.mark.parametrize("kind", ["JSON", "JSON_MIN", "CSV", "CONLL2003"])
def test_the_same_twice(export: Export, entities: int, kind: str) -> None:
    assert export(entities, kind) == export(entities, kind)


@pytest.mark.ours
def test_lines_of_json(export: Export, entities: int) -> None:
    (line,) = export(entities, "NDJSON").decode().splitlines()
    assert json.loads(line)["data"]["text"] == SENTENCE
