"""scikit-learn on the rows that train.bench.ts wrote: `peer.py SETTINGS`, settings in JSON; one JSON object on stdout."""

import json
import sys
import time

import numpy
import sklearn
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.metrics import roc_auc_score

settings = json.loads(sys.argv[1])


def matrix(name, kind, columns):
    return numpy.fromfile(f"{settings['folder']}/{name}", dtype=kind).reshape(-1, columns)


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, {
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
    }


rows = matrix("rows", "<f4", settings["columns"])
labels = matrix("labels", "<u2", 1).ravel()
held_rows = matrix("held-rows", "<f4", settings["columns"])
held_labels = matrix("held-labels", "<u2", 1).ravel()
common = {
    "n_estimators": settings["trees"],
    "n_jobs": settings["threads"],
    "random_state": settings["seed"],
}
result = {"version": sklearn.__version__}
if settings["task"] == "random-forest":
    model, result["fit"] = timed(lambda: RandomForestClassifier(**common).fit(rows, labels))
    probabilities = numpy.zeros((len(held_rows), settings["classes"]), "<f4")
    probabilities[:, model.classes_] = model.predict_proba(held_rows)
    probabilities.tofile(f"{settings['folder']}/probabilities")
else:
    model, result["fit"] = timed(lambda: IsolationForest(**common).fit(rows))
    _, result["score"] = timed(lambda: model.score_samples(rows))
    result["auc"] = roc_auc_score(held_labels, -model.score_samples(held_rows))
print(json.dumps(result))
