"""scikit-learn as judge.ts asks for it: one JSON object a line on stdin, one on stdout when its answer lies in the folder."""

import json
import sys

import numpy
import sklearn
from sklearn.ensemble import IsolationForest, RandomForestClassifier


def load(name, kind, columns):
    values = numpy.fromfile(f"{job['folder']}/{name}", dtype=kind).reshape(-1, columns)
    # It takes no absent and no infinite value: an absent one becomes -1, which no column here has otherwise but as "none".
    return numpy.nan_to_num(values, nan=-1, posinf=3e38, neginf=-3e38) if kind == "<f4" else values


for line in sys.stdin:
    job = json.loads(line)
    training, test = load("training", "<f4", job["columns"]), load("test", "<f4", job["columns"])
    if job["task"] == "random-forest":
        model = RandomForestClassifier(
            n_estimators=100,
            min_samples_leaf=job["minLeafRows"],
            class_weight=job.get("classWeights"),
            random_state=job["seed"],
            n_jobs=2,
        ).fit(training, load("labels", "<u2", 1).ravel())
        answer = numpy.zeros((len(test), job["classes"]))
        answer[:, model.classes_] = model.predict_proba(test)
    else:
        size = min(job["sampleSize"], len(training))
        model = IsolationForest(max_samples=size, random_state=job["seed"], n_jobs=2).fit(training)
        answer = -numpy.concatenate([model.score_samples(training), model.score_samples(test)])
    answer.astype("<f4").tofile(f"{job['folder']}/answer")
    print(json.dumps({"version": sklearn.__version__}), flush=True)
