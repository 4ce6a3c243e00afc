"""The simulator as Twilio is by default: a callback that nobody answers is lost for good."""

from app import logs
from app.settings import read_settings
from app.simulator.server import Simulator, serve


def main() -> None:
    """Serve until asked to end, as `tambour simulator` does."""
    logs.set_up()
    settings = read_settings()
    simulator = Simulator(
        data_path=settings.data_dir / "simulator.sqlite3",
        inbound_url=f"{settings.public_url}/webhooks/twilio/inbound",
        give_up_after_s=0,
    )
    serve(simulator, port=settings.simulator_port)


if __name__ == "__main__":
    main()
