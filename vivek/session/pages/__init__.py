"""Pages of Markdown that a user or a trusted project brings: modes, rules, templates, presets."""
