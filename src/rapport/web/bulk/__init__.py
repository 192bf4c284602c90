"""Pages of changing many records at once: choosing what, the preview, a run with its progress, and taking it back."""
