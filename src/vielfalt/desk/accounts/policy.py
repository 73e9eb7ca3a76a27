"""The numbers of the policy that settings and code share; each with its source."""

from __future__ import annotations

LEAST_CHARACTERS = 12
"""A password's shortest length (BSI, "Sichere Passwörter erstellen": 8 to 12 characters and more)."""
IDLE_SECONDS = 30 * 60
WHOLE_SECONDS = 10 * 60 * 60
"""A session ends after so long without a page, and in any case (NIST SP 800-63B, 4.2.3: 30 minutes, 12 hours)."""
WARNED_SECONDS = 2 * 60
"""So long before the end a page says so, and offers to go on (WCAG 2.2, 2.2.1: at least 20 seconds)."""
SHOWCASE = "showcase"
"""The file that makes a data folder one of the demonstration."""
PROVIDER = "anmeldung"
"""What the provider of single sign-on is called within the desk."""
