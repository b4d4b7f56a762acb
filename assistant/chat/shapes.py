"""The pictures of the chat, as SVG: statuses and what can be done. Knows nothing else. Each stands beside words that say the same."""

from __future__ import annotations

_STATUS = {
    "answered": '<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M4.5 8.2l2.4 2.4 4.6-4.9" class="cut"/>',
    "partial": '<circle cx="8" cy="8" r="6.2" class="line"/><path d="M8 1.8a6.2 6.2 0 0 0 0 12.4z" fill="currentColor"/>',
    "needs_region": '<path d="M8 15s5-5.2 5-8.6A5 5 0 0 0 3 6.4C3 9.8 8 15 8 15z" class="line"/>'
    '<circle cx="8" cy="6.4" r="1.7" fill="currentColor"/>',
    "not_found": '<circle cx="7" cy="7" r="5" class="line"/><path d="M10.8 10.8L15 15" class="line"/>',
    "declined": '<rect x="1.8" y="1.8" width="12.4" height="12.4" rx="3" class="line"/><path d="M5 8h6" class="line"/>',
    "failed": '<path d="M8 1.5L15 14H1z" class="line"/><path d="M8 6v3.6M8 11.6v.6" class="line"/>',
}
_DOING = {
    "copy": '<rect x="5.5" y="5.5" width="8.5" height="8.5" rx="2" class="line"/><path d="M10.5 2.5H4A1.5 1.5 0 0 0 2.5 4v6.5" class="line"/>',
    "link": '<path d="M6.7 9.3a2.8 2.8 0 0 0 4 0l2.3-2.3a2.8 2.8 0 0 0-4-4l-.7.7M9.3 6.7a2.8 2.8 0 0 0-4 0L3 9a2.8 2.8 0 0 0 4 '
    '4l.7-.7" class="line"/>',
    "comparing": '<path d="M8 2v12M2.5 5h3M2.5 8h3M2.5 11h3M10.5 5h3M10.5 8h3M10.5 11h3" class="line"/>',
    "note": '<path d="M4 1.8h5l3.5 3.5v8.9h-8.5z" class="line"/><path d="M9 2v3.5h3.5M6 8.5h4.5M6 11h4.5" class="line"/>',
    "edit": '<path d="M3 13l.6-2.8 7.4-7.4 2.2 2.2-7.4 7.4z" class="line"/>',
    "helpful": '<path d="M5 7.2l2.6-5c1 0 1.7.8 1.5 1.8L8.7 6.3h3.5a1.4 1.4 0 0 1 1.4 1.7l-.9 4.2a1.6 1.6 0 0 1-1.6 1.3H5zM2.5 7.2H5v6.3H2.5z" '
    'class="line"/>',
    "where": _STATUS["needs_region"],
    "when": '<rect x="2" y="3" width="12" height="11" rx="2" class="line"/><path d="M2 6.5h12M5.5 1.5v3M10.5 1.5v3" class="line"/>',
    "tongue": '<circle cx="8" cy="8" r="6.2" class="line"/><path d="M1.8 8h12.4M8 1.8c2.2 2 2.2 10.4 0 12.4M8 1.8c-2.2 2-2.2 10.4 0 12.4" '
    'class="line"/>',
}


def shape(name: str) -> str:
    """A status or a deed as a picture, beside its words.

    >>> shape("answered").startswith('<svg class="shape"')
    True
    """
    drawn = _STATUS.get(name) or _DOING[name]
    return f'<svg class="shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{drawn}</svg>'
