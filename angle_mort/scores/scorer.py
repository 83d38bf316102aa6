"""The scoring as a scikit-learn transformer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from angle_mort.instrument import Instrument, load_instrument
from angle_mort.scores.scales import score_responses


class ScaleScorer(TransformerMixin, BaseEstimator):
    """Respondents x items (integer codes, a DataFrame whose columns are item ids) to respondents x scales, 0-100.

    Learns nothing: ``fit`` only notes which scales the items allow. A score that is not calculable is NaN. Margins are
    in :func:`score_responses`; this transformer serves pipelines.

    >>> import angle_mort as am
    >>> cohort = am.make_cohort(n=12, seed=1)
    >>> ScaleScorer().fit_transform(cohort.responses)[["A", "B", "C", "IDO"]].shape
    (12, 4)
    """

    def __init__(self, instrument: Instrument | None = None) -> None:
        self.instrument = instrument

    def fit(self, X: pd.DataFrame, y: object = None) -> ScaleScorer:
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = len(X.columns)
        table = score_responses(X, self._instrument())
        self.scales_ = [scale for scale in table["scale"].unique() if self._is_points(scale)]
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        check_is_fitted(self, "scales_")
        table = score_responses(X, self._instrument())
        return table.pivot(index="respondent", columns="scale", values="value").loc[X.index, self.scales_]

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        return np.asarray(self.scales_, dtype=object)

    def _instrument(self) -> Instrument:
        return self.instrument or load_instrument()

    def _is_points(self, scale: str) -> bool:
        instrument = self._instrument()
        codes = {
            code
            for module in instrument.of_nature("reflective", "formative", "profile")
            for code in (module.code, *(facet.code for facet in module.facets))
        }
        return scale in codes | set(instrument.scoring["indices"])
