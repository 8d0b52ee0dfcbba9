from micrograd_core.engine import Value
from micrograd_core.optim import SGD


def test_a_step_moves_each_parameter_by_rate_times_its_gradient() -> None:
    """``data -= rate × grad``, and the gradients stay as they were."""
    a, b = Value(2.0), Value(-1.0)
    (a * b).backward()
    SGD([a, b], rate=0.5).step()
    assert (a.data, b.data) == (2.5, -2.0)
    assert (a.grad, b.grad) == (-1.0, 2.0)


def test_the_rate_can_follow_a_schedule() -> None:
    """A step uses the rate as it is at that moment."""
    a = Value(1.0)
    optimizer = SGD([a], rate=1.0)
    a.grad = 1.0
    optimizer.rate = 0.25
    optimizer.step()
    assert a.data == 0.75


def test_gradients_accumulate_until_they_are_zeroed() -> None:
    """After ``zero_grad`` a second backward pass gives the gradient of that pass alone."""
    a = Value(3.0)
    optimizer = SGD([a], rate=0.1)
    (a * 2).backward()
    (a * 2).backward()
    assert a.grad == 4.0
    optimizer.zero_grad()
    (a * 2).backward()
    assert a.grad == 2.0


def test_parameters_may_come_from_a_generator() -> None:
    """Every step reaches every parameter, though a generator can be read only once."""
    values = [Value(1.0), Value(2.0)]
    optimizer = SGD((value for value in values), rate=1.0)
    for value in values:
        value.grad = 1.0
    optimizer.step()
    optimizer.step()
    assert [value.data for value in values] == [-1.0, 0.0]


def test_descent_finds_the_bottom_of_a_parabola() -> None:
    """(x − 3)² is smallest at 3."""
    x = Value(-5.0)
    optimizer = SGD([x], rate=0.1)
    for _ in range(100):
        optimizer.zero_grad()
        ((x - 3) ** 2).backward()
        optimizer.step()
    assert abs(x.data - 3) < 1e-8
