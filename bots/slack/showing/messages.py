"""Every fixed text that a person meets in Slack, in plain English; what varies is put in where it is shown.

None of these is escaped yet: they go through the same escapes as everything else.
"""

from collections.abc import Mapping

from assistant.conversations import FeedbackReason
from assistant.explained import NOT_ADVICE
from assistant.model import Audience, Force, Role

IN_DANGER = "If a child is in danger now, do not wait: call 999."

# While we work, and what may happen then -----------------------------------------------------------------------------

STOPPED = "Stopped. Ask again whenever you like."
INTERRUPTED = "I was interrupted while answering. If you see no answer above, please ask again."
NOT_INSTALLED = (
    "I am not installed in this workspace any more, so I cannot answer. Ask whoever looks after its apps to install me "
    "again."
)
ONE_MOMENT = "One moment: the answer comes here, for you alone."
FAILED = (
    "Something went wrong on our side and there is no answer to this. Please ask again in a few minutes. "
    f"If it happens again, tell whoever runs AP Navigator here. {IN_DANGER}"
)
PRESS_FAILED = (
    "That did not work just now. Please try it again in a few minutes. If it happens again, tell whoever runs "
    "AP Navigator here."
)
NOT_READY = (
    "There is nothing to search at the moment: whoever runs AP Navigator here has to build the index again. "
    f"Please ask again later. {IN_DANGER}"
)

# What cannot be answered ----------------------------------------------------------------------------------------------

EMPTY_MENTION = (
    "You mentioned me without a question. Write it after my name, for example: “When must the governors meet after a "
    "permanent exclusion?”"
)
EMPTY_COMMAND = (
    "Write your question after the command, for example: /ap How long can a headteacher suspend a pupil? "
    "Only you will see the answer. To look for local places: /ap offers near LS8 age 14 anxiety full time. "
    "For the settings of this channel: /ap settings"
)
EMPTY_OFFERS = (
    "Write after the command what you look for and where, for example: /ap offers near LS8 age 14 anxiety full time "
    "registered. A place is the first half of a postcode or the name of a council. Only you will see the list."
)
FILES_ONLY = (
    "I cannot read files or pictures. Please write, in a few words, what has happened or what the letter says. "
    "Leave out names."
)
EMPTY_MESSAGE = "There are no words in that message to check."
NOT_IN_CHANNEL = (
    "I am not in that channel, so I cannot write there. Add me with /invite and try again, or ask me in a direct "
    "message."
)
NOWHERE_TO_ANSWER = (
    "I could not answer where you asked: the message or the channel is not there any more, or I may not write there. "
    "If you still want an answer, please ask me here."
)
NOT_ALLOWED = (
    "In this channel only certain groups may ask me. Ask me in a direct message, or ask whoever looks after this "
    "channel."
)
ANSWER_GONE = "That answer is not kept any more. Please ask the question again, and I will answer it anew."
UNKNOWN_ACTION = "That button does not work any more: it belongs to an older version. Please ask again."
NO_DATES = "There are no dates in that answer to put into a calendar."
FILE_FAILED = "The calendar file could not be sent here. The dates and how they are counted are in the answer above."
FILE_IN_DOUBT = (
    "I was interrupted while I sent the calendar file. If it is not there in a minute, press the button again."
)

# What was done --------------------------------------------------------------------------------------------------------

SHARED = "Shared with the channel."
NOT_SHARED = "The answer could not be shared just now. Please try again in a few minutes."
SHARED_IN_PART = "Slack broke off while I shared this. Look in the channel: the answer, or a part of it, may be there."
ALREADY_SHARED = "This answer was shared with the channel before."
SHARED_IN_CHANNEL = "shared this answer"
FEEDBACK_THANKS = "Thank you. It helps us to mend the answers."
CALENDAR_SENT = "Here are the dates for your calendar."
SAVED = "Saved."
NOT_SAVED = "That could not be saved just now. Please try again in a few minutes."
CHANNEL_SAVED = "The settings of this channel are saved."
SETTINGS_ONLY_IN_CHANNELS = (
    "Give this command in the channel whose settings you mean. Your own choices are on my Home tab."
)
SETTINGS_NOT_FOR_YOU = (
    "Only an admin or owner of this workspace, or whoever installed me, can change the settings of a channel."
)
SETTINGS_NOT_SHOWN = "The settings could not be shown just now. Please give the command again in a minute."
DATA_DELETED = (
    "Everything kept about you here is deleted: your questions, their answers and your choices. Messages in Slack stay "
    "until you or your workspace delete them."
)
DATA_NOT_DELETED = (
    "Your data could not be deleted just now: the place where it is kept does not answer. Please try again in a few "
    "minutes, or ask whoever runs AP Navigator here."
)

# Need a human ---------------------------------------------------------------------------------------------------------

HUMAN_ASK_TITLE = "Ask an adviser?"
HUMAN_ASK_WARNING = "The advice channel will see that you asked, your question with names taken out, and this answer."
HUMAN_ASK_YES = "Ask an adviser"
HUMAN_ASKED = (
    "An adviser has been asked. They see that you asked, your question with names taken out, and the answer above."
)
HUMAN_ASKED_BEFORE = "You have already asked an adviser about this question."
HUMAN_CLAIMED = "An adviser is now looking at your question and will write to you."
HUMAN_DONE = "An adviser has finished with your question. If something is still open, ask again."
HUMAN_NOWHERE = (
    "No advice channel is set here, so I cannot pass this on. Below the answer you find who can help. "
    "Whoever looks after this channel can choose one with: /ap settings"
)
HUMAN_NOWHERE_DIRECT = (
    "No advice channel is set for direct messages, so I cannot pass this on. Below the answer you find who can help. "
    "You can also ask me in a channel that has one."
)
HUMAN_FAILED = (
    "Your question could not be passed on just now. Please try again, or ring one of the helpers named above."
)
HUMAN_IN_DOUBT = (
    "I was interrupted while I passed your question on, and do not know whether the advisers have it. To be sure, "
    "press the button again."
)
HUMAN_TAKEN = "Somebody else has taken this one."
HUMAN_NOT_SHOWN = (
    "That is noted, and whoever asked is told. Only the message here could not be changed, so it still looks as before."
)
HUMAN_CHECKED_MESSAGE = (
    "They checked a message that somebody else wrote. Its words stay private: ask whoever wants a human here."
)
HUMAN_GONE = "This request is not kept any more."
HANDOVER_TITLE = "Somebody asks for a human"
HANDOVER_STATES: Mapping[str, str] = {"open": "Waiting for somebody to take it", "claimed": "Taken", "done": "Done"}
HANDOVER_ASKED_BY = "Asked by"
HANDOVER_BY = "by"
HANDOVER_QUESTION = "The question, with names taken out"
HANDOVER_ANSWER = "What AP Navigator answered"
HANDOVER_NO_ANSWER = "The answer is not kept any more."
HANDOVER_GOES_ON = "The rest of the answer is in the thread below."
HANDOVER_MASKED = "Names and numbers were taken out by a program, which can miss some. Reply to the person directly."
CLAIM = "I will take this"
DONE = "Done"

# Answers --------------------------------------------------------------------------------------------------------------

HEADINGS: Mapping[Audience, Mapping[Role, str]] = {
    Audience.PARENT: {
        Role.CORRECTION: "First, a point that is often misunderstood",
        Role.DIRECT: "The answer",
        Role.DUTY: "What must happen, and who must do it",
        Role.TIME_LIMIT: "Time limits",
        Role.ROUTE: "What you can do",
        Role.CHANGE: "What changed",
        Role.HELP: "Help and advice",
    },
    Audience.SCHOOL: {
        Role.CORRECTION: "First, a point that is often misunderstood",
        Role.DIRECT: "The answer",
        Role.DUTY: "Duties",
        Role.TIME_LIMIT: "Time limits",
        Role.ROUTE: "Routes open to the family",
        Role.CHANGE: "What changed",
        Role.HELP: "Help and advice",
    },
    Audience.ADVISER: {
        Role.CORRECTION: "First, a point that is often misunderstood",
        Role.DIRECT: "The answer",
        Role.DUTY: "Duties",
        Role.TIME_LIMIT: "Time limits",
        Role.ROUTE: "Routes",
        Role.CHANGE: "What changed",
        Role.HELP: "Help and advice",
    },
}
FORCE: Mapping[Force, str] = {Force.MUST: "Must", Force.SHOULD: "Should", Force.MAY: "May", Force.INFO: ""}
READERS: Mapping[Audience, str] = {
    Audience.PARENT: "a parent or carer",
    Audience.SCHOOL: "someone who works in a school",
    Audience.ADVISER: "an adviser",
}
UNCHECKED = "(not yet checked against its source)"
IF_NO_DANGER = "If nobody is in danger: what you asked about"
DATES = "Dates, and how they are counted"
DATE_COLUMNS = ("What", "Date", "Who must act", "How it is counted", "Sources")
NOT_STATED = "Not stated"
NEXT_STEPS = "What to do next"
OFFERS = "Places that may fit"
NOTICES = "Please note"
NEAR_MISSES = "The nearest things we hold (these may be about something else)"
WHO_CAN_HELP = "Who can help"
PHONE_UNCHECKED = "We have not checked this number: look it up if nobody answers."
QUESTION_BACK = "A question back to you"
REPLY_HERE = "Reply here in your own words."
REPLY_AND_MENTION = "Reply here in your own words and mention me; everybody here can read it."
REPLY_PRIVATELY = (
    "To tell me in your own words, use /ap again with your whole question, or write to me in a direct message. "
    "What you write in this channel I do not hear, and everybody here can read it."
)
PICK_ONE = "Pick one."
SOURCES = "Sources"
SOURCES_SAY = "What each source says, in our words. “Must”, “should” and “may” are the source’s own."
READ_OFFICIAL = "Read the official text"
READ_SOURCE = "Read the source"
CONTINUED = "More of the same answer"
DISCLAIMER = f"{NOT_ADVICE} This answer was made by software: check its sources before you act on it."

# Lists of local offers ------------------------------------------------------------------------------------------------

OFFER_REFERRAL = "Who may ask for a place"
OFFER_CHECKS = "What to check before a place is used"
OFFER_QUESTIONS = "Questions a parent may ask"
OFFER_NEXT_STEPS = "What you can do now"
SAMPLE_OFFER = "Sample data: this place is made up and does not exist."
PARTLY_SAMPLE = "Part of this is sample data, which is made up."
MORE_OFFERS = "{left} more: write /ap offers, then where and what you look for."
MORE_CHECKS = (
    "There are {left} more checks for these kinds of place: AP Navigator’s web page “Find a place” has them all."
)
ANY_OFFER = "any place"
NARROW_OFFERS = "To see others, say more of what you need, such as the age, the days or how many miles."
NO_OFFER_FITS = "We hold no local place that fits. That does not mean that there is none."
OFFERS_WITHOUT_PLACE = (
    "You did not say where, so these may be far away. Add the first half of a postcode or the name of a council, such "
    "as: near LS8."
)
WITHOUT_OFFERS = (
    "Ask for less: leave out what you could do without, or look further away, such as: within 20 miles of LS8.",
    "Ask the council which places it uses, and ask it to find one.",
)
NO_OFFERS = (
    "There is no list of local places here yet, so there is nothing to search. Whoever runs AP Navigator here can "
    "import one (command: apnav offers import). Until then, ask the council which places it uses."
)
OFFERS_AWAY = (
    "The list of local places cannot be read just now. Please try again in a few minutes. If it happens again, tell "
    "whoever runs AP Navigator here."
)
PLACE_AGAIN = "Then give the command again, for example: /ap offers near LS8 age 14"

ADD_TO_CALENDAR = "Add to calendar"
ASK_AS: Mapping[Audience, str] = {
    Audience.PARENT: "Ask as parent",
    Audience.SCHOOL: "Ask as school",
    Audience.ADVISER: "Ask as adviser",
}
AS_AT = "As at…"
NEED_A_HUMAN = "Need a human"
SHARE = "Share with channel"
SHARE_TITLE = "Share with everybody here?"
SHARE_WARNING = (
    "Everybody in this channel will see this answer, with any dates that you gave. Your question itself is not shown."
)
SHARE_OFFERS_WARNING = (
    "Everybody in this channel will see this list and what was searched for, such as an age, a need or an area. Your "
    "own words are not shown."
)
SHARE_YES = "Share it"
NOT_NOW = "Not now"
HELPFUL = "Helpful"
NOT_HELPFUL = "Not helpful"
HELPFUL_LABEL = "This answer helped me"
NOT_HELPFUL_LABEL = "This answer did not help me: say why"

# App Home -------------------------------------------------------------------------------------------------------------

APP = "AP Navigator"
HOME_INTRO = (
    "Ask what the law and guidance in England say about exclusion, suspension and alternative provision. Every "
    "statement of an answer names its source."
)
HOME_HOW = (
    "Write to me under Messages, mention me in a channel, type /ap and your question for an answer that only you see, "
    "or choose “Check this message” from the menu of a message. To look for local places, type /ap offers and where, "
    "such as: /ap offers near LS8 age 14."
)
HOME_CHOICES = "Your choices"
HOME_CHOICES_HINT = (
    "They hold for the questions you ask, unless a question says otherwise. In answers that a whole channel sees, only "
    "whom they are worded for follows your choice."
)
HOME_ROLE = "Word answers for"
HOME_COUNCIL = "Your council"
HOME_COUNCIL_HINT = "Its school term dates are used to count school days, where we hold them."
HOME_COUNCIL_EXAMPLE = "For example: Leeds"
HOME_SCHOOL = "Kind of school"
HOME_NO_SCHOOL = "No particular one"
HOME_CHILDREN = "The children you mostly ask about"
HOME_SAVE = "Save my choices"
HOME_RECENT = "Your recent questions"
HOME_RECENT_HINT = "Only you see these. Names were taken out."
HOME_NO_RECENT = "There are none at the moment."
HOME_ASK_AGAIN = "Ask again"
HOME_PRIVACY = "Privacy"
HOME_PRIVACY_KEPT = (
    "Your questions and their answers are kept for {hours} hours, so that you can go on with them, and then deleted. "
    "Before anything is kept, a program takes out names, dates of birth, phone numbers, email addresses and case "
    "numbers. It can miss something, so it is best not to write these at all."
)
HOME_PRIVACY_OTHERS = (
    "In a channel, everybody there can read what you ask and, unless the channel is set otherwise, the answer. Answers "
    "to /ap and to “Check this message” are for you alone. What you send is also kept in Slack, by the rules of your "
    "workspace. If you say whether an answer helped, we keep that for up to a year, without your name. Your choices "
    "above are kept until you delete them or do not use them for a year."
)
HOME_DELETE = "Delete my data"
HOME_DELETE_TITLE = "Delete everything kept about you?"
HOME_DELETE_WARNING = (
    "Your questions, their answers and your choices are deleted here for good. Messages in Slack itself stay."
)
HOME_DELETE_YES = "Delete it all"
HOME_DELETE_NO = "Keep it"

# Views ----------------------------------------------------------------------------------------------------------------

SAVE = "Save"
SEND = "Send"
CANCEL = "Cancel"
CLOSE = "Close"
ASK = "Ask"
FEEDBACK_TITLE = "What was wrong?"
FEEDBACK_REASON = "Why did this answer not help?"
FEEDBACK_WORDS = "Anything else? Please leave out names."
FEEDBACK_REASONS: Mapping[FeedbackReason, str] = {
    FeedbackReason.WRONG: "Something in it is wrong",
    FeedbackReason.MISSING: "Something is missing",
    FeedbackReason.NOT_MY_CASE: "It does not fit what happened",
    FeedbackReason.HARD_TO_UNDERSTAND: "It is hard to understand",
    FeedbackReason.OTHER: "Something else",
}
AS_AT_TITLE = "On which day’s law?"
AS_AT_DAY = "Answer on the law as it stood on"
AS_AT_HINT = "The same question is asked again for that day."
CHANNEL_TITLE = "Channel settings"
CHANNEL_INTRO = "These hold for questions asked in"
CHANNEL_THIS = "this channel"
CHANNEL_AUDIENCE = "Word answers for"
CHANNEL_PUBLIC = "When somebody mentions me here"
CHANNEL_PUBLIC_YES = "Answer in the thread, for everybody to see"
CHANNEL_PUBLIC_NO = "Answer only the person who asked"
CHANNEL_PUBLIC_USUAL: Mapping[bool, str] = {True: "for everybody to see", False: "only the person who asked"}
CHANNEL_GROUPS = "Who may ask here"
CHANNEL_GROUPS_HINT = "Choose no group to let everybody in the channel ask."
CHANNEL_NO_GROUPS = "This workspace has no user groups, so everybody in the channel may ask."
CHANNEL_ADVICE = "Advice channel for “Need a human”"
CHANNEL_ADVICE_HINT = "I must be a member of it. The question goes there with names taken out."
AS_USUAL = "As usual here ({usual})"
