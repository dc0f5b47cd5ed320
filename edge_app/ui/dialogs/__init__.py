"""The dialogs. Each fits a screen of 800 x 480."""
