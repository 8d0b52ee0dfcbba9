from micrograd_core.training.config import TrainingConfig
from micrograd_gui.model.training_view import weight_matrices


def test_weight_matrices_hold_the_weights_and_the_bias_of_each_neuron() -> None:
    """Parameter order is neuron by neuron, weights before the bias."""
    config = TrainingConfig(hidden=(2,))
    first, last = weight_matrices(config, [float(i) for i in range(9)])
    assert first.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert last.tolist() == [[6.0, 7.0, 8.0]]
