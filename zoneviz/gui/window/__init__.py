"""The main window: sidebar, transport, forms, dialogs and actions."""
