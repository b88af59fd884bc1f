"""Handing e-mails to mail servers, over a few connections that stay open."""

from services.notification.clients.smtp.mailer import SmtpMailer
from services.notification.clients.smtp.posting import Dsn
from services.notification.clients.smtp.servers import SmtpServer

__all__ = ["Dsn", "SmtpMailer", "SmtpServer"]
