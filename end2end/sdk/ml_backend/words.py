"""A small model on PyPI's label-studio-ml: a text is positive when it has a cheerful word.

What it learns are words: those of texts that people call positive become cheerful. The same words always get the same
answer, so the stories can say what must come out.

    python -m ml_backend.words <port> <folder for what it learns>
"""

import sys
from typing import Any

from label_studio_ml.api import init_app
from label_studio_ml.model import LabelStudioMLBase
from werkzeug.serving import run_simple

CHEERFUL = {"good", "great", "sunny"}


class Words(LabelStudioMLBase):
    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        # Models read the interface as soon as they are made: to predict as well as to learn.
        self.from_name, control = next(iter(self.parsed_label_config.items()))
        self.to_name = control["to_name"][0]

    def predict(self, tasks: list[dict], context: dict | None = None, **_: Any) -> list[dict]:
        cheerful = CHEERFUL | set(self.train_output.get("words", []))
        return [self.judge(task["data"]["text"], cheerful, context or {}) for task in tasks]

    def judge(self, text: str, cheerful: set[str], context: dict) -> dict:
        words = text.lower().split()
        happy = sum(word in cheerful for word in words)
        # Asked while somebody works, it agrees with what they have said so far.
        said = [region["value"]["choices"][0] for region in context.get("result", [])]
        answer = said[0] if said else "Positive" if happy else "Negative"
        region = {
            "from_name": self.from_name,
            "to_name": self.to_name,
            "type": "choices",
            "value": {"choices": [answer]},
        }
        return {"result": [region], "score": happy / len(words), "model_version": f"words-{len(cheerful)}"}

    def fit(self, _tasks: Any, event: str = "", data: dict | None = None, **_: Any) -> dict:
        """Learns when somebody says something, in a process of its own; the answer is what the next model starts from."""
        words = set(self.train_output.get("words", []))
        if data and event in ("ANNOTATION_CREATED", "ANNOTATION_UPDATED"):
            said = [one for region in data["annotation"]["result"] for one in region["value"].get("choices", [])]
            if "Positive" in said:
                words |= set(data["task"]["data"]["text"].lower().split())
        return {"words": sorted(words)}


if __name__ == "__main__":
    port, folder = int(sys.argv[1]), sys.argv[2]
    run_simple("127.0.0.1", port, init_app(Words, model_dir=folder), threaded=True)
