import os
import threading

import pytest

from osisnr_gui.io.streams import quiet_stderr


def test_nothing_passes_inside_and_everything_after(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"a")
    with quiet_stderr():
        os.write(2, b"b")
        with quiet_stderr():
            os.write(2, b"c")
        os.write(2, b"d")
    os.write(2, b"e")
    assert capfd.readouterr().err == "ae"


def test_threads_that_overlap_put_it_back_once(capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        for _ in range(200):
            with quiet_stderr():
                os.write(2, b"x")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(2, b"end")
    assert capfd.readouterr().err == "end"


def test_an_error_inside_puts_it_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="inside"), quiet_stderr():
        raise ValueError("inside")
    os.write(2, b"back")
    assert capfd.readouterr().err == "back"
