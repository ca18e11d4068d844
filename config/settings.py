"""Every setting of the deployment, with its unit; `config.environment` reads the environment."""

from pathlib import Path

from config.environment import (
    database,
    flag,
    home,
    number,
    real,
    secret_key,
    service_url,
    text,
    words,
)
from payments import networks

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Security -----------------------------------------------------------------------------
SECRET_KEY = secret_key()
DEBUG = flag("STIPEND_DEBUG", default=False)
ALLOWED_HOSTS = words("STIPEND_HOSTS", default="localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("STIPEND_ORIGINS", default="")
# Behind TLS: secure cookies, HSTS and redirects go on together.
BEHIND_TLS = flag("STIPEND_TLS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_FAILURE_VIEW = "config.errors.not_sent"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The local product speaks plain HTTP; STIPEND_TLS=1 answers all of these.
SILENCED_SYSTEM_CHECKS = (
    [] if BEHIND_TLS else ["security.W004", "security.W008", "security.W012", "security.W016"]
)

# --- Applications -------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "django_filters",
    "knox",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "people",
    "labeling",
    "payments",
    "launcher",
    "demo",
    "bench",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "people.security.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "labeling.web.media.Media",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.languages.ReadersLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "people.security.AdminsInTwoSteps",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.errors.PageForWrongMethods",
]
# Of these, what is done for a program that shows a token (config/doors.py).
STIPEND_PROGRAMS_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "people.security.ContentSecurityPolicy",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "labeling.web.navigation.review",
                "people.web.navigation.unread",
            ]
        },
    }
]

# --- Storage: PostgreSQL is the queue and the memory, Redis the messenger ----------------------
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = service_url("redis_url", env="REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "config.caches.RedisElseMemory",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},  # seconds
    }
}

# --- People -------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Admins need a second step in /admin/. The local demo, whose password is printed, goes without.
STIPEND_ADMIN_TWO_FACTOR = flag("STIPEND_ADMIN_TWO_FACTOR", default=BEHIND_TLS)
# Requesters need theirs on before money leaves their projects for a wallet.
STIPEND_REQUESTER_TWO_FACTOR = flag("STIPEND_REQUESTER_TWO_FACTOR", default=BEHIND_TLS)
# Proxies in front whose X-Forwarded-For is believed: limits count by the address that it names.
STIPEND_PROXIES = number("STIPEND_PROXIES", default=1 if BEHIND_TLS else 0)
ALLAUTH_TRUSTED_PROXY_COUNT = STIPEND_PROXIES
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"  # mail is optional; `people.mails` proves it
MFA_ADAPTER = "people.adapters.TwoStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Stipend"
MFA_TOTP_TOLERANCE = 1  # periods of 30 seconds: phones' clocks are not exact
STIPEND_LEAVE_DAYS = number("STIPEND_LEAVE_DAYS", default=7)  # to think it over
# What other rooms do about a person who leaves, by the person's id. Each returns a list of
# `code`, `message` and data: what has to be settled first.
STIPEND_LEAVE_REFUSALS = ["labeling.departures.refusals"]
# What is done when it is asked for, and again when it is due; each may run twice.
STIPEND_LEAVE_ASKED = ["labeling.departures.let_go"]
STIPEND_LEAVE_DUE = ["labeling.departures.let_go", "labeling.departures.end", "payments.rests.send"]
# What the page that asks says besides: a request in, HTML out.
STIPEND_LEAVE_PANELS = ["payments.web.rests.offer", "labeling.web.departures.panel"]
# What is owed to who has left: told and taken out, for programs and as a panel of a page.
STIPEND_REST = "payments.rests.of"
STIPEND_REST_PANEL = "payments.web.rests.panel"
# A text, cut into pieces: each with its page in the network's explorer, or None.
STIPEND_EXPLORER = "payments.explorer.pieces"
# What other rooms keep of a person, by the person's id: pairs of a section's name and its rows.
STIPEND_DOSSIERS = ["labeling.dossiers.sections", "payments.dossiers.sections"]
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False}  # tokens of programs live until revoked

# --- Mail: rows that the worker carries, to a server or else into files in the home folder --------
EMAIL_HOST = text("STIPEND_MAIL_HOST", default="")
EMAIL_PORT = number("STIPEND_MAIL_PORT", default=587)
EMAIL_HOST_USER = text("STIPEND_MAIL_USER", default="")
EMAIL_HOST_PASSWORD = text("STIPEND_MAIL_PASSWORD", default="")
EMAIL_USE_TLS = flag("STIPEND_MAIL_TLS", default=True)
EMAIL_TIMEOUT = 10  # seconds
EMAIL_FILE_PATH = str(home() / "mail")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
DEFAULT_FROM_EMAIL = text("STIPEND_MAIL_FROM", default="Stipend <stipend@localhost>")
# Notices: what there is one mail a day for goes so long after the day (UTC) is over.
STIPEND_DIGEST_MINUTES = number("STIPEND_DIGEST_MINUTES", default=60)
STIPEND_NOTICE_DAYS = number("STIPEND_NOTICE_DAYS", default=365)  # then those read are forgotten
# Where people find us, for links in mails.
STIPEND_URL = text(
    "STIPEND_URL", default=f"http://127.0.0.1:{number('STIPEND_PORT', default=8000)}"
).rstrip("/")

# --- Words, time, files -------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [  # each by its own name
    ("en", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("pt", "Português"),
    ("hi", "हिन्दी"),
    ("ar", "العربية"),
    ("uk", "Українська"),
    ("vi", "Tiếng Việt"),
    ("id", "Bahasa Indonesia"),
    ("sw", "Kiswahili"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
LANGUAGE_COOKIE_AGE = 31_536_000  # seconds
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = Path(text("STIPEND_STATIC_ROOT", default=str(BASE_DIR / "static-collected")))
STATICFILES_DIRS = [
    (prefix, path)
    for prefix, path in [
        ("", BASE_DIR / "static-made"),  # before the apps' own: see launcher.statics
        ("pico", BASE_DIR / "node_modules/@picocss/pico/css"),
        ("ethers", BASE_DIR / "node_modules/ethers/dist"),
    ]
    if path.is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "launcher.statics.storage.MadeStaticFilesStorage"},
}
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.(css|js)$"  # see launcher.statics.made
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = True  # a fresh checkout serves pages before anything is collected
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024  # bytes of a JSON body
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes; larger uploads are streamed to disk

# --- Admin --------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "Stipend",
    "SITE_HEADER": "Stipend",
    "SITE_SYMBOL": "payments",
    "DASHBOARD_CALLBACK": "payments.admin.front.show",  # gathers ADMIN_ALARMS and ADMIN_FIGURES
    "SIDEBAR": {"navigation": "config.sidebar.navigation"},
    "STYLES": ["config.sidebar.style"],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "/static/stipend.svg"},
    ],
    "COLORS": {
        "primary": {
            "50": "#eef8f4",
            "100": "#d5eee4",
            "200": "#aeddcb",
            "300": "#7cc5aa",
            "400": "#47a585",
            "500": "#0b6e4f",
            "600": "#0b6e4f",
            "700": "#08523b",
            "800": "#074331",
            "900": "#063828",
            "950": "#031f17",
        }
    },
}

# What needs an admin now: a user in, `text` and `url` of each out, None for who may not look.
ADMIN_ALARMS = ["payments.admin.front.alarms", "labeling.admin.front.alarms"]
# How things stand: the same, with `name`, `text` and `url` of each.
ADMIN_FIGURES = ["payments.admin.front.figures", "labeling.admin.front.figures"]

# --- REST API -----------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "people.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_PARSER_CLASSES": [
        "config.parsers.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "config.errors.handle",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Stipend",
    "DESCRIPTION": "Hand out labeling tasks, collect answers, pay people. "
    'Money is a decimal string; errors are {"code", "message", "data"}.',
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.schema.describe_errors",
        "config.schema.summarize",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ProjectState": "labeling.models.Project.State",
        "SubmissionState": "labeling.models.Submission.State",
        "PayoutState": "payments.models.Payout.State",
        "TaskState": "labeling.models.Task.State",
        "SeatState": "labeling.models.Seat.State",
        "RejectionReason": "labeling.models.Case.Reason",
        "SignalKind": "labeling.models.Signal.Kind",
        "CaseState": "labeling.models.Case.State",
        "ProjectKind": "labeling.models.Project.Kind",
        "ReportReason": "labeling.models.Report.Reason",
        "NoticeKind": "people.models.Notice.Kind",
        "DepartureState": "people.models.Departure.State",
    },
}

# --- Jobs: every one may run twice, and twice at once ------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300  # seconds
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5}
CELERY_DB_REUSE_MAX = 1000  # jobs that one connection serves; it would be one
CELERY_TASK_PUBLISH_RETRY = False  # a lost nudge is repaired by the beat
JOB_SECONDS = number("STIPEND_JOB_SECONDS", default=2)  # how often the beat looks for due rows
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": float(seconds), "options": {"expires": seconds * 5}}
    for name, seconds in {
        "payments.jobs.scan_deposits": JOB_SECONDS,
        "payments.jobs.pump_payouts": JOB_SECONDS,
        "payments.jobs.tell_ended": JOB_SECONDS * 5,
        "payments.jobs.record_owed": 600,
        "payments.jobs.reconcile": 3600,
        "payments.jobs.watch_gas": 60,
        "people.jobs.write_notices": JOB_SECONDS,
        "people.jobs.carry_letters": JOB_SECONDS,
        "people.jobs.forget_notices": 3600,
        "people.jobs.carry_out_departures": JOB_SECONDS * 15,
        "labeling.jobs.judge": JOB_SECONDS,
        "labeling.jobs.expire": JOB_SECONDS * 5,
        "labeling.jobs.decide_cases": JOB_SECONDS * 5,
        "labeling.jobs.tell": JOB_SECONDS * 5,
        "labeling.jobs.refund_left": 3600,
        "labeling.jobs.forget_words": 3600,
        "labeling.jobs.take_turns": JOB_SECONDS * 5,
        "labeling.jobs.audit": JOB_SECONDS * 15,
        "labeling.jobs.fetch_media": JOB_SECONDS,
        "labeling.jobs.sweep_media": 3600,
    }.items()
}

# --- Chain --------------------------------------------------------------------------------
NETWORK = networks.named(text("STIPEND_NETWORK", default="") or networks.LOCAL)
# One endpoint or several, separated by commas: the first that answers is asked.
CHAIN_RPC_URL = service_url(
    "chain_rpc_url",
    env="CHAIN_RPC_URL",
    default=",".join(NETWORK.endpoints) or "http://127.0.0.1:8545",
)
# Of several endpoints so many must answer before money moves; who is silent has no say else. 0 is
# more than half of them, so that none is believed alone: two of two, and two of three.
CHAIN_VOICES = number("CHAIN_VOICES", default=0)
CHAIN_FINALITY = text("CHAIN_FINALITY", default=NETWORK.finality)  # or "depth", or "finalized"
# Blocks on top before it is money; with finality by the network at least so many.
CHAIN_CONFIRMATIONS = number("CHAIN_CONFIRMATIONS", default=NETWORK.confirmations)
CHAIN_TIMEOUT_SECONDS = number("CHAIN_TIMEOUT_SECONDS", default=10)
CHAIN_SCAN_BLOCKS = number("CHAIN_SCAN_BLOCKS", default=1000)  # blocks per log read
CHAIN_FEE_LIMIT_GWEI = number("CHAIN_FEE_LIMIT_GWEI", default=500)  # offered for a unit of gas
CHAIN_EXPLORER_TX_URL = text("CHAIN_EXPLORER_TX_URL", default=NETWORK.tx_url)  # with {hash}
CHAIN_EXPLORER_BLOCK_URL = text("CHAIN_EXPLORER_BLOCK_URL", default=NETWORK.block_url)  # the same
CHAIN_EXPLORER_ADDRESS_URL = text("CHAIN_EXPLORER_ADDRESS_URL", default=NETWORK.address_url)
# What the token is called in permits (EIP-712); no name: it takes none.
CHAIN_TOKEN_NAME = text("CHAIN_TOKEN_NAME", default=NETWORK.token_name)
CHAIN_TOKEN_VERSION = text("CHAIN_TOKEN_VERSION", default=NETWORK.token_version)
CHAIN_GAS_BATCHES = number(
    "CHAIN_GAS_BATCHES", default=20
)  # the payer's gas money lasts for, or alarm
# Only the worker's environment carries these two; the local dev chain needs neither.
PAYER_KEYSTORE = text("PAYER_KEYSTORE", default="")
PAYER_KEYSTORE_PASSWORD = text("PAYER_KEYSTORE_PASSWORD", default="")

# --- Money --------------------------------------------------------------------------------
STIPEND_FEE_BASIS_POINTS = number("STIPEND_FEE_BASIS_POINTS", default=500)  # of the price, on top
STIPEND_BATCH_PAYEES = number("STIPEND_BATCH_PAYEES", default=500)  # payees per chain tx, at most
STIPEND_BATCH_SECONDS = number("STIPEND_BATCH_SECONDS", default=2)  # payouts gather so long
# What everybody is owed is put on chain so long after the last batch, if it has changed.
STIPEND_ROOT_SECONDS = number("STIPEND_ROOT_SECONDS", default=86_400)
STIPEND_PAYOUT_MINIMUM_UNITS = number("STIPEND_PAYOUT_MINIMUM_UNITS", default=10_000)  # 0.01
STIPEND_PAYOUT_DAY_UNITS = number("STIPEND_PAYOUT_DAY_UNITS", default=10_000_000_000)  # 10,000
STIPEND_PAYOUT_APPROVAL_UNITS = number("STIPEND_PAYOUT_APPROVAL_UNITS", default=1_000_000_000)
STIPEND_WALLET_HOLD_SECONDS = number(
    "STIPEND_WALLET_HOLD_SECONDS", default=NETWORK.wallet_hold_seconds
)
# Who tells people: a holder, a kind and its facts; `key`, `private`.
STIPEND_NOTICE = "labeling.notices.tell"
# Since when a holder has the mail address that notices go to; None for none, or none proved.
STIPEND_MAIL_SINCE = "labeling.notices.mail_since"
STIPEND_OWNER = "labeling.notices.owner"  # `person:12` of a holder such as `project:7`
STIPEND_CAUSES = "labeling.causes.worded"  # the cause of an entry, in the reader's language
# What was done for the money: a request in, `pending_units`, `pending_count` and `html` out.
STIPEND_WORK_PANEL = "labeling.web.earned.panel"
RECONCILE_PROOFS = ["labeling.judging.acceptance.prove_releases"]  # each returns a list of problems

# --- Labeling limits ----------------------------------------------------------------------
STIPEND_IMPORT_BYTES = number("STIPEND_IMPORT_BYTES", default=50 * 1024 * 1024)
STIPEND_TASK_BYTES = number("STIPEND_TASK_BYTES", default=64 * 1024)
STIPEND_ANSWER_BYTES = number("STIPEND_ANSWER_BYTES", default=256 * 1024)
STIPEND_PRICE_LIMIT_UNITS = number("STIPEND_PRICE_LIMIT_UNITS", default=1_000_000_000)  # a label
STIPEND_REVIEW_HOURS = number("STIPEND_REVIEW_HOURS", default=72)  # by default; a week at most
STIPEND_LEASES = number("STIPEND_LEASES", default=4)  # a task is held so many leases at most
STIPEND_TASK_REPORTS = number("STIPEND_TASK_REPORTS", default=3)  # of people, then it pauses
STIPEND_SCARCE_TASKS = number("STIPEND_SCARCE_TASKS", default=5)  # a labeler; below it, turns
STIPEND_ROUND_SECONDS = number("STIPEND_ROUND_SECONDS", default=60)  # of a turn in the fair queue
STIPEND_AUDIT_SECONDS = number("STIPEND_AUDIT_SECONDS", default=300)  # between two of a project
STIPEND_AUDIT_ANSWERS = number("STIPEND_AUDIT_ANSWERS", default=200_000)  # the newest, in one
STIPEND_AUDIT_BYTES = number("STIPEND_AUDIT_BYTES", default=64 * 1024 * 1024)  # of these, in one
STIPEND_AUDIT_LOOK_SECONDS = number("STIPEND_AUDIT_LOOK_SECONDS", default=60)  # that one takes
STIPEND_JUROR_FEE_PERCENT = number("STIPEND_JUROR_FEE_PERCENT", default=50)  # of the price
STIPEND_CASE_SAMPLE = number("STIPEND_CASE_SAMPLE", default=12)  # answers judged of one case
STIPEND_APPEAL_HOURS = number("STIPEND_APPEAL_HOURS", default=72)  # to appeal in
STIPEND_JURY_HOURS = number("STIPEND_JURY_HOURS", default=168)  # then the labeler is right
STIPEND_SEAT_MINUTES = number("STIPEND_SEAT_MINUTES", default=30)  # that a juror holds a case
STIPEND_FREE_APPEALS = number("STIPEND_FREE_APPEALS", default=1)  # at a time, without a stake
STIPEND_REJECTIONS_A_DAY = number("STIPEND_REJECTIONS_A_DAY", default=5)  # that count
STIPEND_BRAKE_PERCENT = number("STIPEND_BRAKE_PERCENT", default=30)  # of what was decided
STIPEND_BRAKE_DAYS = number("STIPEND_BRAKE_DAYS", default=30)  # looked at, beside the last one
STIPEND_BRAKE_REJECTIONS = number("STIPEND_BRAKE_REJECTIONS", default=20)  # in it, never braked
STIPEND_OVERTURN_DAYS = number("STIPEND_OVERTURN_DAYS", default=30)  # after the decision
STIPEND_GOLD_TASKS = number("STIPEND_GOLD_TASKS", default=1000)  # in one load
STIPEND_GOLD_FIRST = number("STIPEND_GOLD_FIRST", default=5)  # gold answers before one is barred
STIPEND_EXAMPLES = number("STIPEND_EXAMPLES", default=30)  # of one project, those in practice too
STIPEND_ADMISSION_SECONDS = number("STIPEND_ADMISSION_SECONDS", default=600)  # then asked anew
STIPEND_SKILLS = number("STIPEND_SKILLS", default=100)  # that one requester owns
STIPEND_SKILL_GOLD = number("STIPEND_SKILL_GOLD", default=10)  # gold answers that grant a skill
STIPEND_OVERLAP_ANSWERS = number("STIPEND_OVERLAP_ANSWERS", default=20_000)  # that a fit sees
STIPEND_JUDGE_TASKS = number("STIPEND_JUDGE_TASKS", default=200)  # tasks per database transaction
STIPEND_JUDGE_SECONDS = number("STIPEND_JUDGE_SECONDS", default=20)  # of a project, then others
STIPEND_SIGNALS = words("STIPEND_SIGNALS", default="too_fast,constant,copied")  # looked for
# From where on they are signals, where a project does not say otherwise.
STIPEND_LEAST_SECONDS = real("STIPEND_LEAST_SECONDS", default=0.7)  # that any task takes
STIPEND_READ_CHARACTERS = number("STIPEND_READ_CHARACTERS", default=50)  # a second; more: unread
STIPEND_CONSTANT_ANSWERS = number("STIPEND_CONSTANT_ANSWERS", default=15)  # the same in a row
STIPEND_COPIED_CHARACTERS = number("STIPEND_COPIED_CHARACTERS", default=20)  # up to it, chance
STIPEND_REVIEWERS = number("STIPEND_REVIEWERS", default=50)  # of a project, besides its owner
STIPEND_CLAIM_SECONDS = number("STIPEND_CLAIM_SECONDS", default=180)  # to look at one answer
STIPEND_RECORD_DAYS = number("STIPEND_RECORD_DAYS", default=90)  # a requester's record looks back
STIPEND_RECORD_ANSWERS = number("STIPEND_RECORD_ANSWERS", default=10_000)  # the newest, at most
STIPEND_RECORD_FACTS = number("STIPEND_RECORD_FACTS", default=5)  # on fewer nothing is told
STIPEND_RECORD_SECONDS = number("STIPEND_RECORD_SECONDS", default=600)  # then counted anew
STIPEND_PACE_ANSWERS = number("STIPEND_PACE_ANSWERS", default=300)  # the newest of a project
STIPEND_PACE_LEAST_SECONDS = number("STIPEND_PACE_LEAST_SECONDS", default=1)  # no person is faster
STIPEND_BULK_ANSWERS = number("STIPEND_BULK_ANSWERS", default=10_000)  # accepted by one call

# --- Monitoring ---------------------------------------------------------------------------
# What a monitor shows at /metrics (Authorization: Bearer …); empty: this machine alone may look.
STIPEND_METRICS_TOKEN = text("STIPEND_METRICS_TOKEN", default="")

# --- Media: what requesters send, and what their data name elsewhere -----------------------------
STIPEND_MEDIA_ROOT = text("STIPEND_MEDIA_ROOT", default=str(home() / "media"))  # web and worker
STIPEND_MEDIA_FILE_BYTES = number("STIPEND_MEDIA_FILE_BYTES", default=20 * 1024 * 1024)
STIPEND_MEDIA_UPLOAD_BYTES = number("STIPEND_MEDIA_UPLOAD_BYTES", default=200 * 1024 * 1024)
STIPEND_MEDIA_PROJECT_BYTES = number("STIPEND_MEDIA_PROJECT_BYTES", default=5 * 1024**3)
STIPEND_MEDIA_PIXELS = number("STIPEND_MEDIA_PIXELS", default=40_000_000)  # of one image
# A proxy in front that sends the files itself (X-Accel-Redirect): its internal location of them.
STIPEND_MEDIA_ACCEL = text("STIPEND_MEDIA_ACCEL", default="")
STIPEND_FETCH_SECONDS = number("STIPEND_FETCH_SECONDS", default=20)  # of one fetch, all in all
STIPEND_FETCH_REDIRECTS = number("STIPEND_FETCH_REDIRECTS", default=3)
STIPEND_FETCH_PLACES = number("STIPEND_FETCH_PLACES", default=8)  # fetches at once
STIPEND_FETCH_TRIES = number("STIPEND_FETCH_TRIES", default=3)  # of what may pass by itself
STIPEND_FETCH_AGAIN_SECONDS = number("STIPEND_FETCH_AGAIN_SECONDS", default=3600)  # once refused
# Private places that are fetched from all the same, as address:port; for tests and development.
STIPEND_FETCH_ALLOWED = words("STIPEND_FETCH_ALLOWED", default="")

# --- Logs ---------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": text("STIPEND_LOG_LEVEL", default="INFO")},
}
