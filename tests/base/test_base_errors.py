import pickle

from crowdwise.base.errors import Problem
from crowdwise.steam.lines import Refused, Tally


def test_a_problem_comes_whole_out_of_another_process() -> None:
    told = {"where": "parameter folds", "remedy": "Use 2 or more"}
    tally = Tally("games.json.gz", "lines", "game")
    for problem in (Problem("it is 0", **told), Refused("it is 0", **told, tally=tally)):
        again = pickle.loads(pickle.dumps(problem))
        assert type(again) is type(problem)
        assert vars(again) == vars(problem)
        assert str(again) == str(problem) == "parameter folds: it is 0. Use 2 or more."
