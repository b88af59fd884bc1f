"""Real-looking input for the demo, as other systems would send it."""

from deploy.demo.loader import Demo, load

__all__ = ["Demo", "load"]
