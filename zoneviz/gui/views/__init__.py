"""One file a view. Each is a `View` (see base.py) with a title; none keeps data that a model could hold.

`VIEWS` are those of the lower part of the window, in the order of their tabs and of Ctrl+1 and on. A new view is one file
and one line here.
"""

from zoneviz.gui.views.base import View
from zoneviz.gui.views.claims import ClaimsView
from zoneviz.gui.views.compare import CompareView
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.views.flame import FlameView
from zoneviz.gui.views.heatmap import HeatmapView
from zoneviz.gui.views.notes import NotesView
from zoneviz.gui.views.pages import PagesView
from zoneviz.gui.views.ports import PortsView
from zoneviz.gui.views.threads import ThreadsView
from zoneviz.gui.views.zones import ZonesView

VIEWS: tuple[type[View], ...] = (
    HeatmapView,
    PagesView,
    ZonesView,
    ThreadsView,
    PortsView,
    FlameView,
    EventsView,
    ClaimsView,
    CompareView,
    NotesView,
)
