"""Independent programs read what we write."""

import io
import json
import xml.etree.ElementTree as xml

import numpy as np
import pytest

import tasks as given


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())


def painted():
    """A frame of 10 × 8 pixels one pixel thick, and a bar beside it, on 640 × 480."""
    mask = np.zeros((480, 640), dtype=np.uint8)
    mask[100:108, 50:60] = 255
    mask[101:107, 51:59] = 0
    mask[100:104, 70:72] = 255
    return mask


def masks():
    from label_studio_sdk.converter.brush import mask2rle

    return given.masks(mask2rle(painted()))


def test_pycocotools_reads_boxes_and_polygons(export):
    from pycocotools.coco import COCO

    folder = export(given.IMAGE_CONFIG, given.images(), "COCO")
    coco = COCO(folder / "result.json")
    assert [image["file_name"] for image in coco.loadImgs(coco.getImgIds())] == ["1-a.jpg", "2-b.jpg", "3-c.jpg"]
    first = coco.loadAnns(coco.getAnnIds(imgIds=[0]))
    assert [row["bbox"] for row in first] == [[64, 48, 320, 240], [80, 120, 160, 60], [0, 0, 320, 240]]
    tree = coco.annToMask(first[2])
    assert abs(int(tree.sum()) - 320 * 240 / 2) < 640
    rotated = coco.loadAnns(coco.getAnnIds(imgIds=[1]))[0]
    assert int(coco.annToMask(rotated).sum()) == 64 * 96


def test_pycocotools_reads_every_pixel_of_a_mask(export):
    from pycocotools.coco import COCO

    folder = export(given.BRUSH_CONFIG, masks(), "BRUSH_TO_COCO")
    coco = COCO(folder / "result.json")
    row = coco.loadAnns(coco.getAnnIds())[0]
    assert np.array_equal(coco.annToMask(row), painted() // 255)
    assert row["area"] == (painted() > 0).sum()


def test_pillow_and_numpy_read_masks(export):
    from PIL import Image

    name = "task-1-annotation-11-by-ada@example.org-brush-Sky-0"
    array = np.load(export(given.BRUSH_CONFIG, masks(), "BRUSH_TO_NUMPY") / f"{name}.npy")
    assert array.dtype == np.uint8 and np.array_equal(array, painted())
    picture = Image.open(export(given.BRUSH_CONFIG, masks(), "BRUSH_TO_PNG") / f"{name}.png")
    picture.load()
    assert picture.mode == "L" and np.array_equal(np.asarray(picture), painted())


def test_spacy_reads_entities_categories_and_spans(export):
    import spacy
    from spacy.tokens import DocBin

    folder = export(given.TEXT_CONFIG, given.texts(), "SPACY")
    docs = list(DocBin().from_disk(folder / "result.spacy").get_docs(spacy.blank("en").vocab))
    assert [doc.text for doc in docs] == [task["data"]["text"] for task in given.texts()]
    found = [[(entity.text, entity.label_) for entity in doc.ents] for doc in docs]
    assert found == [[("Ada Lovelace", "PERSON"), ("London", "Place")], [("Zoë", "PERSON"), ("São Paulo", "Place")], []]
    assert docs[0].cats == {"good": 1.0, "bad": 0.0} and docs[2].cats == {"good": 0.0, "bad": 0.0}
    assert [(span.text, span.label_) for span in docs[1].spans["sc"]] == [
        ("Zoë", "PERSON"), ("São Paulo", "Place"), ("São", "PERSON"),
    ]
    assert "sc" not in docs[0].spans


def test_spacy_trains_from_what_we_write(export):
    import spacy
    from spacy.training import Corpus

    folder = export(given.TEXT_CONFIG, given.texts(), "SPACY")
    examples = list(Corpus(folder / "result.spacy")(spacy.blank("en")))
    assert len(examples) == 3
    assert examples[0].get_aligned_ner()[:3] == ["B-PERSON", "L-PERSON", "O"]


def test_pyarrow_reads_typed_columns(export):
    import pyarrow as pa
    import pyarrow.parquet as parquet

    folder = export(given.IMAGE_CONFIG, given.images(), "PARQUET")
    table = parquet.read_table(folder / "result.parquet")
    assert table.schema.field("task_id").type == pa.int64()
    assert table.schema.field("created_at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("was_cancelled").type == pa.bool_()
    rows = table.to_pylist()
    assert [row["task_id"] for row in rows] == [1, 2, 3]
    assert [(box["label"], box["x"], box["width"]) for box in rows[0]["box"]] == [("Cat", 64, 320), ("Dog", 80, 160)]
    assert rows[1]["box"][0]["rotation"] == 90
    assert rows[2]["box"] is None
    assert [json.loads(row["result"]) for row in rows] == [task["annotations"][0]["result"] for task in given.images()]


def test_datasets_knows_the_features(export):
    import datasets

    folder = export(given.TEXT_CONFIG, given.texts(), "PARQUET")
    read = datasets.Dataset.from_parquet(str(folder / "result.parquet"), cache_dir=str(folder / "cache"))
    assert read.features["text"] == datasets.Value("string")
    assert read[0]["mood"] == "good"
    assert [(span["text"], span["start"]) for span in read[0]["ner"]] == [("Ada Lovelace", 0), ("London", 36)]


def test_voc_is_what_its_readers_expect(export):
    folder = export(given.IMAGE_CONFIG, given.images(), "VOC")
    root = xml.parse(folder / "Annotations" / "1-a.xml").getroot()
    assert [root.find("size").find(side).text for side in ("width", "height", "depth")] == ["640", "480", "3"]
    boxes = [
        (thing.find("name").text, [int(thing.find("bndbox").find(side).text) for side in ("xmin", "ymin", "xmax", "ymax")])
        for thing in root.iter("object")
    ]
    assert boxes == [("Cat", [64, 48, 384, 288]), ("Dog", [80, 120, 240, 180]), ("Tree", [0, 0, 320, 240])]
    assert xml.parse(folder / "Annotations" / "3-c.xml").getroot().find("object") is None


def test_geojson_is_closed_and_has_numbers(export):
    shapes = json.loads((export(given.IMAGE_CONFIG, given.images(), "GEOJSON") / "result.geojson").read_text())
    assert shapes["type"] == "FeatureCollection" and len(shapes["features"]) == 4
    for feature in shapes["features"]:
        for ring in feature["geometry"]["coordinates"]:
            assert ring[0] == ring[-1] and len(ring) >= 4


def test_subtitles_and_tiers(export):
    vtt = (export(given.SOUND_CONFIG, given.sounds(), "VTT") / "1-call.vtt").read_text()
    assert vtt.startswith("WEBVTT\n\n") and "<v Bob>Hi &amp; bye" in vtt
    grid = (export(given.SOUND_CONFIG, given.sounds(), "TEXTGRID") / "1-call.TextGrid").read_text()
    assert grid.count("IntervalTier") == 2


def test_pandas_reads_the_table(export):
    import pandas

    table = pandas.read_csv(io.BytesIO((export(given.TEXT_CONFIG, given.texts(), "CSV") / "result.csv").read_bytes()))
    assert list(table["id"]) == [1, 2, 3] and table["mood"][0] == "good"


@pytest.mark.parametrize("code", ["COCO", "VOC", "YOLO_OBB", "CONLL2003", "SPACY", "PARQUET", "BRUSH_TO_PNG"])
def test_losses_are_declared(export, code):
    chosen = {"CONLL2003": (given.TEXT_CONFIG, given.texts()), "SPACY": (given.TEXT_CONFIG, given.texts())}
    config, tasks = chosen.get(code, (given.BRUSH_CONFIG, masks()))
    told = manifest(export(config, tasks, code))
    assert {loss["code"] for loss in told["losses"]} <= set(told["may_lose"])
