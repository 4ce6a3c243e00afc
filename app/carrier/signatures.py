"""Who signed this webhook? Twilio's own validator, on the public URL that was configured."""

from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)
from werkzeug.datastructures import Headers, MultiDict


def is_signed(auth_token: str, *, url: str, form: MultiDict[str, str], headers: Headers) -> bool:
    """Whether ``headers`` sign this ``form`` for this exact ``url`` with the account's token."""
    return bool(
        RequestValidator(auth_token).validate(
            url,
            form,
            headers.get(SIGNATURE_HEADER, ""),
            get_signature_algorithm(headers.get(SIGNATURE_SETTINGS_HEADER)),
        )
    )
