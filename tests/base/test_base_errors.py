import pickle

from crowdwise.base.errors import Problem
from crowdwise.steam.lines import Refused


def test_a_problem_comes_whole_out_of_another_process() -> None:
    for kind in (Problem, Refused):
        problem = kind("it is 0", where="parameter folds", remedy="Use 2 or more")
        again = pickle.loads(pickle.dumps(problem))
        assert type(again) is kind
        assert str(again) == str(problem) == "parameter folds: it is 0. Use 2 or more."
