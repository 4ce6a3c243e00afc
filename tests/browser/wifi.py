"""The Wi-Fi of a room, as a browser meets it."""

from playwright.sync_api import Page

BITS_PER_BYTE = 8


class Wifi:
    """What carries one page: ``slow`` and ``cut`` hold until the next word."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def slow(self, *, kbit_s: int = 200, latency_ms: int = 800) -> None:
        self._set(offline=False, latency=latency_ms, throughput=kbit_s * 1000 / BITS_PER_BYTE)

    def cut(self) -> None:
        self._set(offline=True, latency=0, throughput=-1)

    def _set(self, *, offline: bool, latency: int, throughput: float) -> None:
        """``throughput`` is in bytes a second, each way; -1 is no limit."""
        words = {
            "offline": offline,
            "latency": latency,
            "downloadThroughput": throughput,
            "uploadThroughput": throughput,
        }
        self._session.send("Network.enable")
        self._session.send("Network.emulateNetworkConditions", words)
