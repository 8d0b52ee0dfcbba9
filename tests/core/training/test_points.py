import numpy as np
import pytest
from sklearn.datasets import make_moons

from micrograd_core.training.config import TrainingConfig
from micrograd_core.training.points import make_points


@pytest.mark.parametrize("seed", [0, 1337])
def test_the_training_points_are_those_of_make_moons(seed: int) -> None:
    """The same seed gives the very points scikit-learn gives, classes 0 and 1 becoming −1 and +1."""
    inputs, classes = make_moons(n_samples=128, noise=0.1, random_state=seed)
    data = make_points(TrainingConfig(seed=seed))
    assert np.array_equal(data.train_inputs, inputs)
    assert np.array_equal(data.train_labels, classes * 2 - 1)
    assert data.train_labels.dtype == np.float64


@pytest.mark.parametrize(("share", "tested"), [(0.0, 0), (0.25, 43), (0.5, 128), (0.9, 1152)])
def test_the_test_share_is_one_of_all_points(share: float, tested: int) -> None:
    """Test points come in addition to the 128 trained on."""
    data = make_points(TrainingConfig(test_share=share))
    assert data.train_inputs.shape == (128, 2)
    assert data.test_inputs.shape == (tested, 2)
    assert data.test_labels.shape == (tested,)


def test_the_test_share_leaves_the_training_points_alone() -> None:
    """Training points depend on the seed, the number and the noise alone."""
    few, many = make_points(TrainingConfig(test_share=0.1)), make_points(TrainingConfig(test_share=0.8))
    assert np.array_equal(few.train_inputs, many.train_inputs)


def test_test_points_are_others_than_training_points() -> None:
    """No point is trained on and tested with."""
    data = make_points(TrainingConfig(test_share=0.5))
    trained = {tuple(point) for point in data.train_inputs.tolist()}
    assert trained.isdisjoint(tuple(point) for point in data.test_inputs.tolist())


def test_without_noise_the_points_lie_on_two_half_circles() -> None:
    """−1 is the upper half circle around (0, 0), +1 the lower one around (1, 0.5), both of radius 1."""
    data = make_points(TrainingConfig(noise=0.0, samples=50))
    upper = data.train_inputs[data.train_labels < 0]
    lower = data.train_inputs[data.train_labels > 0] - np.array([1.0, 0.5])
    assert len(upper) == len(lower) == 25
    assert np.allclose(np.hypot(*upper.T), 1.0)
    assert np.allclose(np.hypot(*lower.T), 1.0)
    assert upper[:, 1].min() > -1e-12
    assert lower[:, 1].max() < 1e-12


def test_the_seed_decides_the_points_and_the_global_stream_does_not() -> None:
    """Equal seeds give equal points, other seeds others, and numpy's global stream is left where it was."""
    before = np.random.get_state()[1].copy()
    one, again, other = (make_points(TrainingConfig(seed=seed)) for seed in (5, 5, 6))
    assert np.array_equal(one.train_inputs, again.train_inputs)
    assert np.array_equal(one.test_inputs, again.test_inputs)
    assert not np.array_equal(one.train_inputs, other.train_inputs)
    assert np.array_equal(np.random.get_state()[1], before)


def test_a_dataset_cannot_be_written_to() -> None:
    """Frozen down to the numbers."""
    data = make_points(TrainingConfig())
    with pytest.raises(ValueError, match="read-only"):
        data.train_inputs[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        data.test_labels[0] = 1.0


@pytest.mark.parametrize("samples", [2, 3, 2000])
def test_the_ends_of_the_range_of_samples_work(samples: int) -> None:
    """Two points are one of each class."""
    data = make_points(TrainingConfig(samples=samples))
    assert data.train_inputs.shape == (samples, 2)
    assert set(data.train_labels.tolist()) == {-1.0, 1.0}
