"""Hearing from mail servers what became of e-mails they took."""

from services.notification.clients.bounces.door import BounceDoor

__all__ = ["BounceDoor"]
