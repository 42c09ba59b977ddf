from .challenge import Challenge, ChallengeJSON
from .evaluation import Evaluation, EvaluationJSON
from .federation import Federation, FederationJSON
from .participant import Participant, ParticipantJSON
from .round import Round, RoundJSON
from .submission import Submission, SubmissionJSON
