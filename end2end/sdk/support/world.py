"""The words and pictures the stories are about, and waiting for work that is done in the background."""

import time
from typing import Any, Callable, TypeVar

SENTIMENT = """<View>
  <Text name="text" value="$text"/>
  <Choices name="sentiment" toName="text" choice="single">
    <Choice value="Positive"/>
    <Choice value="Negative"/>
  </Choices>
</View>"""

ENTITIES = """<View>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="LOC"/></Labels>
  <Text name="text" value="$text"/>
</View>"""

BOXES = """<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image"><Label value="Cat"/><Label value="Dog"/></RectangleLabels>
</View>"""

DONE_WITHIN_S = 60

T = TypeVar("T")


def choice(value: str, **more: Any) -> dict[str, Any]:
    """A region that says the text is `value`."""
    return {"from_name": "sentiment", "to_name": "text", "type": "choices", "value": {"choices": [value]}, **more}


def span(start: int, end: int, text: str, label: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text, "labels": [label]}
    return {"id": f"{label}-{start}", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def box(x: float, y: float, width: float, height: float, label: str) -> dict[str, Any]:
    """A box in percent of a picture of 200 by 100 pixels."""
    value = {"x": x, "y": y, "width": width, "height": height, "rotation": 0, "rectanglelabels": [label]}
    return {
        "id": f"{label}-{x}",
        "from_name": "box",
        "to_name": "image",
        "type": "rectanglelabels",
        "original_width": 200,
        "original_height": 100,
        "image_rotation": 0,
        "value": value,
    }


def eventually(ask: Callable[[], T], good: Callable[[T], bool]) -> T:
    """Asks until the answer is good: for jobs, whose end only asking shows."""
    deadline = time.monotonic() + DONE_WITHIN_S
    while not good(answer := ask()):
        if time.monotonic() > deadline:
            raise AssertionError(f"still {answer!r}")
        time.sleep(0.1)
    return answer
