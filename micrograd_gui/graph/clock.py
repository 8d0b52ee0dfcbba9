"""The clock of the graph tab: it ticks while something moves, and lets time pass for all that does."""

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer

from micrograd_gui.canvas.scene import GraphScene
from micrograd_gui.canvas.view import GraphView
from micrograd_gui.graph.player import Player

_FRAME_MS = 16


class Clock(QObject):
    """Moves the playback, what glides on the canvas, and the view that follows the steps."""

    def __init__(self, player: Player, scene: GraphScene, view: GraphView, parent: QObject) -> None:
        super().__init__(parent)
        self._player = player
        self._scene = scene
        self._view = view
        self._since_tick = QElapsedTimer()
        self._timer = QTimer(self, interval=_FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def is_ticking(self) -> bool:
        """Whether something moves."""
        return self._timer.isActive()

    def wake(self) -> None:
        """Something may move from now on."""
        if not self._timer.isActive():
            self._since_tick.start()
            self._timer.start()

    def _tick(self) -> None:
        seconds = self._since_tick.restart() / 1000.0
        if self._scene.picture.reduced_motion and not self._player.playback.playing:
            seconds = 1e3  # All but playing arrives at once.
        stepping = self._player.playback.moving
        playing = self._player.advance(seconds)
        moving = self._view.advance_motion(seconds, stepping=stepping)
        if not (playing or moving):
            self._timer.stop()
