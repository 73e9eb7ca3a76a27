"""How an address is asked, where Django has no name for it."""

from __future__ import annotations

from django.views.decorators.http import require_http_methods

require_safe_or_post = require_http_methods(["GET", "HEAD", "POST"])
"""A page with a form that is sent to the page itself."""
