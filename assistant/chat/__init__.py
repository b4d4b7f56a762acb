"""The chat: HTML for what is shown, and what goes on behind the page. `stage` puts the parts together; the theme is `../data/chat.css`."""
