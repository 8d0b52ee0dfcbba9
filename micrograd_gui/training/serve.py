"""The training process: it takes orders, trains, and reports as often as the window is ready for a view."""

import gc
import time
from collections import deque
from multiprocessing.connection import Connection

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.points import make_points
from micrograd_gui.training.messages import (
    ENDS_STEP,
    Begun,
    Order,
    Report,
    Reset,
    Seen,
    SetEngine,
    SetSpeed,
    ViewRate,
    is_order_of,
)
from micrograd_gui.training.trainer import StepEnded, Trainer

VIEWS_PER_SECOND = 36.0
"""Upper limit of views per second; 36 so that about 30 are actually painted."""


def serve(connection: Connection) -> None:
    """Train as ordered, and report the newest view whenever the window is ready for one.

    Where processors are scarce the window comes first: the child rests from the sending of a report until its painting,
    but for no longer than it has trained since the one before.
    """
    # Several threads make matrices of this size slower, and take the window's processor.
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    make_points(TrainingConfig())  # It loads scikit-learn.
    # From here on the garbage collector leaves the libraries alone, which it would look through many times in a step.
    gc.freeze()
    inbox: deque[object] = deque()

    def look() -> None:
        """Receive the messages that came during a step, and end the step if one makes it useless."""
        while connection.poll():
            inbox.append(connection.recv())
            if is_order_of(inbox[-1], ENDS_STEP):
                raise StepEnded

    trainer: Trainer | None = None
    number, taken, view_due, seconds_per_view = 0, True, 0.0, 1.0 / VIEWS_PER_SECOND
    scarce, trained, rest_end = False, 0.0, 0.0
    while True:
        wait = None if trainer is None else trainer.wait()
        if trainer is not None and trainer.has_news and taken:
            until_view = view_due - time.perf_counter()
            wait = until_view if wait is None else min(wait, until_view)
        if wait is not None and scarce and not taken:
            wait = max(wait, rest_end - time.perf_counter())
        if inbox or connection.poll(None if wait is None else max(wait, 0.0)):
            match inbox.popleft() if inbox else connection.recv():
                case Seen(scarce):
                    taken = True
                case ViewRate(views_per_second):
                    seconds_per_view = 1.0 / views_per_second
                case Order(number, message):
                    while connection.poll():
                        inbox.append(connection.recv())
                    if any(is_order_of(later, (Reset,)) for later in inbox):
                        continue  # It begins anew anyway.
                    if isinstance(message, Reset):
                        trainer = Trainer(message.config, previous=trainer, before_point=look)
                        trainer.handle(SetEngine(message.engine))
                        trainer.handle(SetSpeed(message.steps_per_second))
                        connection.send(Begun(number, trainer.points))
                        view_due = 0.0
                    elif trainer is not None:
                        trainer.handle(message)
            continue
        if trainer is None:
            continue
        trained -= time.perf_counter()
        trainer.advance()
        start = time.perf_counter()
        trained += start
        if taken and trainer.has_news and start >= view_due:
            connection.send(Report(number, trainer.view()))
            taken = False
            rest_end, trained = time.perf_counter() + trained, 0.0
            # A late view does not make the next one late; but most of the time is spent on training.
            on_time = max(view_due, start - seconds_per_view) + seconds_per_view
            view_due = max(on_time, start + 2.0 * (time.perf_counter() - start))
