"""Asking MongoDB many things at once: all that is asked for in one turn is one round trip."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from pymongo.errors import PyMongoError

from shared.errors import UnavailableError
from shared.mongo import BATCH, Database, Document

Pipeline = Sequence[Document]


@dataclass(slots=True, eq=False)
class Question:
    """A pipeline on a collection, and who waits for what it finds."""

    name: str
    pipeline: Pipeline
    answer: "asyncio.Future[list[Document]]" = field(default_factory=asyncio.Future)


class Together:
    """Questions that are asked side by side, such as those of one page, as one aggregation.

    Of a page that asks twenty things most of the time went into twenty round trips.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked: list[Question] = []
        self._asking: set[asyncio.Task[None]] = set()

    async def ask(self, name: str, pipeline: Pipeline) -> list[Document]:
        """Return what the pipeline finds, in its order. Raises UnavailableError."""
        question = Question(name, pipeline)
        if not self._asked:
            task = asyncio.create_task(self._ask_all())
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        self._asked.append(question)
        return await question.answer

    async def _ask_all(self) -> None:
        await asyncio.sleep(0)
        questions, self._asked = self._asked, []
        try:
            found = await self._found(questions)
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever asked gets it
            for each in _waiting(questions):
                each.answer.set_exception(_refusal(error))
        else:
            for number, each in enumerate(questions):
                if not each.answer.done():
                    each.answer.set_result(found[number])
        finally:
            for each in _waiting(questions):
                each.answer.cancel()

    async def _found(self, questions: Sequence[Question]) -> list[list[Document]]:
        first, *others = (
            [*each.pipeline, {"$project": {"_id": 0, "of": {"$literal": n}, "row": "$$ROOT"}}]
            for n, each in enumerate(questions)
        )
        union = [
            {"$unionWith": {"coll": each.name, "pipeline": stages}}
            for each, stages in zip(questions[1:], others, strict=True)
        ]
        found: list[list[Document]] = [[] for _ in questions]
        documents = self._database[questions[0].name].aggregate([*first, *union], batchSize=BATCH)
        for document in await documents.to_list(None):
            found[document["of"]].append(document["row"])
        return found


def _refusal(error: Exception) -> Exception:
    """Return what is said to one of those who asked."""
    if not isinstance(error, PyMongoError):
        return error
    refusal = UnavailableError("MongoDB did not answer a query")
    refusal.__cause__ = error
    return refusal


def _waiting(questions: Sequence[Question]) -> list[Question]:
    return [each for each in questions if not each.answer.done()]
