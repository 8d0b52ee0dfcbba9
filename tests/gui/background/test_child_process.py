"""A child process answers in order, says when it fails, and never outlives its owner."""

import os
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest
from pytestqt.qtbot import QtBot

from micrograd_gui.background.child_process import ChildProcess


def echo(connection: Connection) -> None:
    while True:
        connection.send(connection.recv())


def flood(connection: Connection) -> None:
    connection.recv()
    for number in range(10_000):
        connection.send(number)
    connection.recv()


def misbehave(connection: Connection) -> None:
    raise ValueError(f"cannot work with {connection.recv()}")


class Traveller:
    """Notes in which thread it was made of its bytes."""

    def __setstate__(self, _state: object) -> None:
        self.thread = threading.current_thread()


def send_traveller(connection: Connection) -> None:
    connection.recv()
    traveller = Traveller()
    traveller.__dict__["luggage"] = 1
    connection.send(traveller)
    connection.recv()


def die(connection: Connection) -> None:
    connection.recv()
    os._exit(7)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def child(request: pytest.FixtureRequest) -> Iterator[ChildProcess]:
    process = ChildProcess(request.param)
    yield process
    process.close()


@pytest.mark.parametrize("child", [echo], indirect=True)
def test_what_is_sent_is_answered(qtbot: QtBot, child: ChildProcess) -> None:
    """Sending starts the process; its answer comes as a signal."""
    with qtbot.waitSignal(child.received, timeout=10_000) as answer:
        child.send({"a": 1})
    assert answer.args == [{"a": 1}]


@pytest.mark.parametrize("child", [send_traveller], indirect=True)
def test_answers_are_made_in_the_thread_that_gets_them(qtbot: QtBot, child: ChildProcess) -> None:
    """Objects are unpickled on the window's thread; in the reading thread they would hold up the window at any time."""
    with qtbot.waitSignal(child.received, timeout=10_000) as answer:
        child.send(None)
    assert answer.args is not None
    assert answer.args[0].thread is threading.main_thread()


@pytest.mark.parametrize("child", [flood], indirect=True)
def test_all_of_many_answers_arrive_in_order(qtbot: QtBot, child: ChildProcess) -> None:
    """Ten thousand answers, sent faster than they are read, are ten thousand signals."""
    seen: list[int] = []
    child.received.connect(seen.append)
    child.send("go")
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] == 9_999, timeout=20_000)
    assert seen == list(range(10_000))


@pytest.mark.parametrize("child", [misbehave], indirect=True)
def test_an_error_in_the_child_is_told_with_its_traceback(qtbot: QtBot, child: ChildProcess) -> None:
    """The sentence names the error, the details show where it was."""
    with qtbot.waitSignal(child.failed, timeout=10_000) as failure:
        child.send("straw")
    assert failure.args is not None
    sentence, details = failure.args
    assert "ValueError: cannot work with straw" in sentence
    assert "in misbehave" in details


@pytest.mark.parametrize("child", [die], indirect=True)
def test_a_crash_of_the_child_is_told_and_the_next_message_starts_another(
    qtbot: QtBot, child: ChildProcess
) -> None:
    """The details have the exit code; the object can be used again."""
    for _ in range(2):
        with qtbot.waitSignal(child.failed, timeout=10_000) as failure:
            child.send("now")
        assert failure.args is not None
        assert failure.args[1] == "exit code 7"


@pytest.mark.parametrize("child", [echo], indirect=True)
def test_closing_leaves_no_process(qtbot: QtBot, child: ChildProcess) -> None:
    """close() ends the process at once and reports no failure."""
    failures: list[str] = []
    child.failed.connect(failures.append)
    with qtbot.waitSignal(child.received, timeout=10_000):
        child.send(1)
    pid = child.pid
    assert pid is not None
    child.close()
    assert not alive(pid)
    assert child.pid is None
    assert failures == []


def test_what_comes_from_the_reading_thread_carries_no_python_object() -> None:
    """Qt may drop a signal that still waits when Python has ended: destroying a Python object then is a crash."""
    queued = [
        method
        for i in range(ChildProcess.staticMetaObject.methodCount())
        if (method := ChildProcess.staticMetaObject.method(i)).name() == b"_arrived"
    ]
    assert [method.parameterCount() for method in queued] == [0]
