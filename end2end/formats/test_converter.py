"""The SDK's own converter and we write the same, where both can."""

import json

import pytest

import tasks as given


def rounded(value):
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return value


def test_coco(export, converter):
    def read(path):
        coco = json.loads(path.read_text())
        names = {category["id"]: category["name"] for category in coco["categories"]}
        rows = [
            (row["image_id"], names[row["category_id"]], rounded(row["bbox"]), rounded(row["area"]), rounded(row["segmentation"]))
            for row in coco["annotations"]
        ]
        return [(image["width"], image["height"]) for image in coco["images"]], names, rows

    ours = read(export(given.IMAGE_CONFIG, given.upright()[:1], "COCO") / "result.json")
    theirs = read(converter(given.IMAGE_CONFIG, given.upright()[:1], "COCO") / "result.json")
    assert ours == theirs


def label_lines(folder):
    classes = (folder / "classes.txt").read_text().split()
    files = sorted((folder / "labels").glob("*.txt"))
    lines = [line.split() for path in files for line in path.read_text().splitlines()]
    return classes, [(classes[int(line[0])], [round(float(number), 6) for number in line[1:]]) for line in lines]


@pytest.mark.parametrize(
    ("code", "config", "tasks"),
    [
        ("YOLO", given.IMAGE_CONFIG, given.upright()[:1]),
        ("YOLO_OBB", given.IMAGE_CONFIG.replace("PolygonLabels", "EllipseLabels"), given.images()[1:2]),
    ],
)
def test_yolo(export, converter, code, config, tasks):
    assert label_lines(export(config, tasks, code)) == label_lines(converter(config, tasks, code))


def test_conll(export, converter):
    def read(path):
        return [line for line in path.read_text().splitlines() if line and not line.startswith("-DOCSTART-")]

    config = "\n".join(line for line in given.TEXT_CONFIG.splitlines() if "Choice" not in line)
    tasks = given.texts()[:1]
    tasks[0]["annotations"][0]["result"].pop()
    ours = read(export(config, tasks, "CONLL2003") / "result.conll")
    theirs = read(converter(config, tasks, "CONLL2003") / "result.conll")
    assert ours == theirs


def test_json_min(export, converter):
    def read(path):
        rows = json.loads(path.read_text())
        return [{key: row[key] for key in ("id", "text", "mood", "ner", "annotation_id") if key in row} for row in rows]

    ours = read(export(given.TEXT_CONFIG, given.texts()[:1], "JSON_MIN") / "result.json")
    theirs = read(converter(given.TEXT_CONFIG, given.texts()[:1], "JSON_MIN") / "result.json")
    assert ours == theirs


def test_voc(export, converter):
    import xml.etree.ElementTree as xml

    def read(folder):
        path = next((folder / "Annotations").glob("*.xml"))
        return [
            (thing.find("name").text, [int(side.text) for side in thing.find("bndbox")])
            for thing in xml.parse(path).getroot().iter("object")
        ]

    config = "\n".join(line for line in given.IMAGE_CONFIG.splitlines() if "Polygon" not in line)
    tasks = given.upright()[:1]
    tasks[0]["annotations"][0]["result"].pop()
    assert read(export(config, tasks, "VOC")) == read(converter(config, tasks, "VOC"))
