"""Scheduling as it runs, on a clock that began at noon: nobody is reminded by night."""

from datetime import datetime, time

import time_machine

from services.scheduling.domain.calendar import LONDON
from services.scheduling.main import main

if __name__ == "__main__":
    noon = datetime.combine(datetime.now(LONDON).date(), time(12), LONDON)
    with time_machine.travel(noon, tick=True):
        main()
