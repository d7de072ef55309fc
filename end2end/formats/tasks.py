"""Tasks as Label Studio writes them, one set for each kind of data."""

IMAGE_CONFIG = """<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image"><Label value="Cat"/><Label value="Dog"/></RectangleLabels>
  <PolygonLabels name="poly" toName="image"><Label value="Tree"/></PolygonLabels>
</View>"""
BRUSH_CONFIG = """<View>
  <Image name="image" value="$image"/>
  <BrushLabels name="brush" toName="image"><Label value="Sky"/></BrushLabels>
</View>"""
POSE_CONFIG = """<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image"><Label value="Person"/></RectangleLabels>
  <KeyPointLabels name="point" toName="image"><Label value="Nose"/><Label value="Ear"/></KeyPointLabels>
</View>"""
TEXT_CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Labels name="ner" toName="text"><Label value="PERSON"/><Label value="Place"/></Labels>
  <Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>
</View>"""
SOUND_CONFIG = """<View>
  <Audio name="audio" value="$audio"/>
  <Labels name="who" toName="audio"><Label value="Ada"/><Label value="Bob"/></Labels>
  <TextArea name="words" toName="audio" perRegion="true"/>
</View>"""


def task(number, data, result):
    moment = f"2026-01-01T00:00:0{number}.000000Z"
    annotation = {
        "id": 10 + number, "completed_by": {"id": 5, "email": "ada@example.org"}, "result": result,
        "was_cancelled": False, "ground_truth": False, "lead_time": 1.5, "created_at": moment, "updated_at": moment,
    }
    return {
        "id": number, "inner_id": number, "project": 3, "data": data, "meta": {}, "annotations": [annotation],
        "predictions": [], "created_at": moment, "updated_at": moment,
    }


def on_image(region, control, kind, value, **more):
    return {
        "id": region, "from_name": control, "to_name": "image", "type": kind, "original_width": 640,
        "original_height": 480, "image_rotation": 0, "value": value, **more,
    }


def box(region, label, x, y, width, height, rotation=0):
    value = {"x": x, "y": y, "width": width, "height": height, "rotation": rotation, "rectanglelabels": [label]}
    return on_image(region, "box", "rectanglelabels", value)


def images():
    tree = {"points": [[0, 0], [50, 0], [50, 50]], "closed": True, "polygonlabels": ["Tree"]}
    return [
        task(1, {"image": "https://example.org/a.jpg"}, [
            box("a", "Cat", 10, 10, 50, 50), box("b", "Dog", 12.5, 25, 25, 12.5),
            on_image("c", "poly", "polygonlabels", tree),
        ]),
        task(2, {"image": "https://example.org/b.jpg"}, [box("d", "Dog", 50, 0, 10, 20, 90)]),
        task(3, {"image": "https://example.org/c.jpg"}, []),
    ]


def upright():
    tasks = images()
    tasks.pop(1)
    return tasks


def masks(rle):
    value = {"format": "rle", "rle": rle, "brushlabels": ["Sky"]}
    return [task(1, {"image": "https://example.org/a.jpg"}, [on_image("a", "brush", "brushlabels", value)])]


def poses():
    person = box("a", "Person", 0, 0, 50, 50)
    nose = on_image("b", "point", "keypointlabels", {"x": 25, "y": 25, "width": 1, "keypointlabels": ["Nose"]}, parentID="a")
    return [task(1, {"image": "https://example.org/a.jpg"}, [person, nose])]


def span(region, start, end, label, text):
    value = {"start": start, "end": end, "text": text[start:end], "labels": [label]}
    return {"id": region, "from_name": "ner", "to_name": "text", "type": "labels", "value": value}


def texts():
    first = "Ada Lovelace met Charles Babbage in London ."
    second = "Zoë  doesn't live\nin “São Paulo”, 東京 or X."
    mood = {"id": "m", "from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["good"]}}
    return [
        task(1, {"text": first}, [span("a", 0, 12, "PERSON", first), span("b", 36, 42, "Place", first), mood]),
        task(2, {"text": second}, [
            span("c", 0, 3, "PERSON", second), span("d", 22, 31, "Place", second), span("e", 22, 25, "PERSON", second),
        ]),
        task(3, {"text": "Nothing here."}, []),
    ]


def sounds():
    def piece(region, start, end, label, text):
        value = {"start": start, "end": end, "channel": 0}
        rest = {"to_name": "audio", "original_length": 10.0}
        return [
            {"id": region, "from_name": "who", "type": "labels", "value": {**value, "labels": [label]}, **rest},
            {"id": region, "from_name": "words", "type": "textarea", "value": {**value, "text": [text]}, **rest},
        ]

    result = piece("a", 0.5, 2.0, "Ada", "Hello") + piece("b", 1.5, 3.25, "Bob", "Hi & bye")
    return [task(1, {"audio": "https://example.org/call.wav"}, result)]
