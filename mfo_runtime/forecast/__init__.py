"""What a run would do, without doing any of it: order, configs, prompts, secrets. It calls nothing and writes nothing.

What follows from the inputs alone is worked out as the engine does it: references, ``transform`` tasks and conditions.
All else is unknown, and stands as a placeholder, such as ``⟨get_email.resource.content⟩``.
"""

from mfo_runtime.forecast.values import CHARACTERS_A_TOKEN, Certainty, Forecast, ForecastNode, ForecastPrompt
from mfo_runtime.forecast.walking import forecast

__all__ = ["CHARACTERS_A_TOKEN", "Certainty", "Forecast", "ForecastNode", "ForecastPrompt", "forecast"]
