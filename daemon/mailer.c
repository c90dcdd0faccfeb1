/*
 * convene-mailer: one batch of finished mails on stdin, one SMTP session, one
 * line for whatever happens on stdout. It is a program of its own because the
 * SMTP library may crash, hang or be held by a relay: then this process ends
 * and its parent draws the conclusion. RFC 5321, 3207, 3461, 4954.
 *
 *   stdin   relay <host:port> <helo> <none|required> <user|-> <passfile|->
 *           mail <id> <from|<>> <to> <size>      then size octets, repeated
 *   fd 3    with --paced: an octet for each verdict that is settled
 *   stdout  connected
 *           note <text>
 *           begun <id>
 *           verdict <id> <word> <stage> <code> <x.y.z> <text>
 *           done
 *
 *   waiting --octets--> begun --octets, all taken--> whole --reply--> told
 *      +-----------------no connection, refused before DATA-----------> told
 *
 * Invariants:
 * 1. no octet of a mail leaves before "begun" was taken by the reader of
 *    stdout: when it is gone, or asked us to stop, nothing more is sent;
 * 2. "sent" needs a 2xx after the end of the data went out (whole): a relay, or
 *    somebody in between, can say 250 without having had anything;
 * 3. one recipient per message and require_all_recipients: otherwise the
 *    library pipelines behind RCPT and crashes when the connection ends there;
 * 4. TLS 1.2 and a context of our own: under 1.3 the library waits for a reply
 *    before it has flushed the command, its own context is freed too early;
 * 5. with --paced no mail is ended while a verdict is unsettled: who dies
 * before one is written down makes one duplicate, not a batch of them;
 * 6. what the library says about a session decides nothing; the status of each
 *    mail does.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* In this order: libesmtp.h declares what it needs of the others only then. */
/* clang-format off */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <auth-client.h>
#include <libesmtp.h>
/* clang-format on */

#include "daemon/base/error.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/mailer_batch.h"

enum {
    PACE = 3,             /* where the parent says that a verdict is settled */
    LINE_MOST = 1024,     /* of our own lines, below PIPE_BUF: never mixed */
    REPLY_MOST = 400,     /* of a relay's words */
    PATIENCE = 60,        /* seconds per reply */
    PATIENCE_FACTOR = 10, /* after the dot: ending early makes duplicates */
    MEMORY_MOST = 256 << 20
};

/* The library's callbacks have no other place for what they find out: one
 * process is one session. */
static struct {
    bool connected, authed, no_starttls;
    enum { NOTHING, TLS, AUTH } asked; /* and not yet answered */
    bool tls_begins;                   /* 2xx to STARTTLS came in plain text */
    bool injected;                     /* ... and more behind it */
    bool auth_refused;                 /* refusal is the reply to AUTH */
    long bad_certificate;              /* X509_V_ERR_* */
    char line[REPLY_MOST];
    size_t n_line;
    char refusal[REPLY_MOST]; /* 4xx or 5xx, the last word */
} session;

static struct {
    bool on;
    int unsettled; /* verdicts told */
} pace;

static volatile sig_atomic_t stop;

static void on_term(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

/* ---- what we say */

/* One line in one write; false when nobody takes it. What a relay said must
 * not make a second line. */
static bool tell(const char *fmt, ...) PRINTF_LIKE(1, 2);

static bool tell(const char *fmt, ...)
{
    char line[LINE_MOST];
    va_list args;
    size_t n;
    int length;

    va_start(args, fmt);
    length = vsnprintf(line, sizeof line - 1, fmt, args);
    va_end(args);
    if (length < 0)
        return false;
    n = (size_t)length < sizeof line - 2 ? (size_t)length : sizeof line - 2;
    for (size_t i = 0; i < n; i++)
        if (line[i] < ' ' || line[i] > '~')
            line[i] = ' ';
    while (n > 0 && line[n - 1] == ' ')
        n--;
    line[n++] = '\n';
    return write(STDOUT_FILENO, line, n) == (ssize_t)n;
}

/* Waits until the parent has written down all verdicts; false when it is gone.
 * Asked to stop it is still there, and the mail in hand is finished. */
static bool keep_pace(void)
{
    char octets[32];

    while (pace.on && pace.unsettled > 0) {
        ssize_t n = read(PACE, octets, sizeof octets);

        if (n > 0)
            pace.unsettled -= (int)n;
        else if (n == 0 || errno != EINTR)
            return false;
    }
    return true;
}

static int refuse(const struct error *err)
{
    (void)tell("note %s", err->text);
    return EXIT_FAILURE;
}

/* ---- verdicts */

struct judgement {
    const char *word, *stage;
    const smtp_status_t *status; /* the one that decides */
};

static struct judgement judge(const struct mail *m, const struct relay *r)
{
    const smtp_status_t *mail = smtp_reverse_path_status(m->message);
    const smtp_status_t *rcpt = smtp_recipient_status(m->recipient);
    const smtp_status_t *data = smtp_message_transfer_status(m->message);
    struct judgement j = {"deferred", "data", data};
    bool stranger = r->user && !session.authed;
    int class;

    if (mail->code / 100 != 2)
        j = (struct judgement){"deferred", mail->code ? "mail" : "connect",
                               mail};
    else if (rcpt->code / 100 != 2)
        j = (struct judgement){"deferred", "rcpt", rcpt};
    class = j.status->code / 100;
    if (j.status == data && class == 2)
        j.word = m->whole ? "sent" : "deferred";
    else if (j.status == data && m->whole && class != 4 && class != 5)
        j.word = "unknown";
    else if (class == 5 && stranger) /* it refuses us, not the recipient */
        j.stage = "auth";
    else if (class == 5 && j.status != mail)
        j.word = "failed";
    return j;
}

static const char *words_for(const struct mail *m, const struct judgement *j)
{
    const char *text = j->status->text;

    if (j->status->code / 100 > 3 || strcmp(j->word, "sent") == 0)
        return text ? text : "";
    if (strcmp(j->word, "unknown") == 0)
        return "no answer after the end of the data";
    if (m->begun)
        return "the connection ended in the middle of the data";
    return stop ? "not begun: the mailer was asked to stop" : "no answer";
}

static void tell_verdict(struct mail *m, const struct relay *r)
{
    struct judgement j = judge(m, r);

    m->told = true;
    pace.unsettled++;
    (void)tell("verdict %s %s %s %d %d.%d.%d %.*s", m->id, j.word, j.stage,
               j.status->code, j.status->enh_class, j.status->enh_subject,
               j.status->enh_detail, REPLY_MOST, words_for(m, &j));
}

/* ---- what the library asks and tells */

/* The library writes a mail in pieces and then waits for the reply; without
 * this the kernel keeps the last piece back until the one before it has been
 * acknowledged, 40 ms a mail. The library does not tell its socket: it is the
 * only one of TCP that this process has. */
static void send_at_once(void)
{
    const int on = 1, before = errno;

    for (int fd = PACE; fd < 16; fd++) /* what is no TCP socket refuses */
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    errno = before; /* the library reads it */
}

/* The mail in one piece. The library rewinds (len NULL) before it reads; errno
 * other than 0 makes it drop the connection. */
static const char *give_octets(void **ctx, int *len, void *arg)
{
    struct mail *m = arg;
    const char *p = m->octets + m->at;

    (void)ctx;
    if (!len) {
        m->at = 0;
        return NULL;
    }
    if (!m->begun) {
        if (stop || !tell("begun %s", m->id)) {
            errno = ECANCELED;
            *len = 0;
            return NULL;
        }
        m->begun = true;
        errno = 0;
    }
    *len = (int)(m->size - m->at);
    if (*len == 0 && !keep_pace()) {
        errno = ECANCELED; /* the connection ends without the end of the data */
        return NULL;
    }
    errno = 0;
    if (*len == 0)
        m->whole = true; /* the end of the data goes out next */
    m->at = m->size;
    return p;
}

/* One whole line from the relay. */
static void reply_line(const char *line)
{
    bool last = strlen(line) > 3 && line[3] != '-';
    bool refused = last && (line[0] == '4' || line[0] == '5');

    if (strncmp(line, "235", 3) == 0)
        session.authed = true;
    if (strncmp(line, "250", 3) == 0 && !session.auth_refused)
        session.refusal[0] = '\0'; /* it was about one mail */
    if (refused && !session.auth_refused)
        (void)snprintf(session.refusal, sizeof session.refusal, "%s", line);
    if (refused && session.asked == AUTH && !session.authed)
        session.auth_refused = true;
    if (last && session.asked == TLS) {
        session.tls_begins = line[0] == '2';
        session.asked = NOTHING;
    }
}

/* Everything that goes out may hold the password: only its begin is looked at.
 * What comes in plain text behind the reply to STARTTLS would be taken for
 * replies of the encrypted session: verify() ends it. */
static void watch(const char *octets, int n, int direction, void *arg)
{
    (void)arg;
    if (direction == SMTP_CB_WRITING && n > 8)
        session.asked = memcmp(octets, "STARTTLS", 8) == 0 ? TLS
                        : memcmp(octets, "AUTH ", 5) == 0  ? AUTH
                                                           : session.asked;
    if (direction != SMTP_CB_READING)
        return;
    for (int i = 0; i < n; i++) {
        session.injected = session.injected || session.tls_begins;
        if (octets[i] == '\n') {
            session.line[session.n_line] = '\0';
            session.n_line = 0;
            reply_line(session.line);
        } else if (session.n_line < sizeof session.line - 1 &&
                   octets[i] != '\r') {
            session.line[session.n_line++] = octets[i];
        }
    }
}

/* OpenSSL has judged chain and name. */
static int verify(int good, X509_STORE_CTX *store)
{
    if (!good && !session.bad_certificate)
        session.bad_certificate = X509_STORE_CTX_get_error(store);
    return good && !session.injected;
}

/* Which arguments follow depends on the event. */
static void on_event(smtp_session_t s, int event, void *arg, ...)
{
    const struct batch *b = arg;
    smtp_message_t message;
    va_list args;

    (void)s;
    va_start(args, arg);
    switch (event) {
    case SMTP_EV_CONNECT:
        send_at_once();
        if (!session.connected)
            (void)tell("connected");
        session.connected = true;
        break;
    case SMTP_EV_MESSAGESENT:
        message = va_arg(args, smtp_message_t);
        tell_verdict(smtp_message_get_application_data(message), &b->relay);
        break;
    case SMTP_EV_EXTNA_STARTTLS:
        session.no_starttls = true;
        break;
    case SMTP_EV_STARTTLS_OK:
        session.tls_begins = false;
        break;
    case SMTP_EV_INVALID_PEER_CERTIFICATE:
        session.bad_certificate = va_arg(args, long);
        *va_arg(args, int *) = 0;
        break;
    case SMTP_EV_WRONG_PEER_CERTIFICATE:
        /* The library compares with the end of a CNAME chain; OpenSSL has
         * compared with the name that we were given. */
        *va_arg(args, int *) = 1;
        break;
    default:
        break;
    }
    va_end(args);
}

static int give_password(auth_client_request_t request, char **result,
                         int fields, void *arg)
{
    const struct relay *r = arg;

    for (int i = 0; i < fields; i++) {
        const char *value = NULL;

        if (request[i].flags & AUTH_USER)
            value = r->user;
        else if (request[i].flags & AUTH_PASS)
            value = r->password;
        if (!value)
            return 0;
        result[i] = memory_text(NULL, value); /* as long as the process */
    }
    return 1;
}

/* ---- the session */

static void set_patience(smtp_session_t s, int seconds)
{
    for (int t = Timeout_GREETING; t <= Timeout_TRANSFER; t++)
        (void)smtp_set_timeout(s, t | Timeout_OVERRIDE_RFC2822_MINIMUM,
                               seconds * 1000L);
    (void)smtp_set_timeout(s, Timeout_DATA2 | Timeout_OVERRIDE_RFC2822_MINIMUM,
                           seconds * 1000L * PATIENCE_FACTOR);
}

static bool set_tls(smtp_session_t s, const struct relay *r, struct error *err)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    X509_VERIFY_PARAM *param;

    if (!tls || !SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) ||
        !SSL_CTX_set_max_proto_version(tls, TLS1_2_VERSION) ||
        !SSL_CTX_set_default_verify_paths(tls))
        return fail(err, REPLY_INTERNAL, "TLS: %s",
                    ERR_error_string(ERR_get_error(), NULL));
    param = SSL_CTX_get0_param(tls);
    if (!X509_VERIFY_PARAM_set1_ip_asc(param, r->host) &&
        !X509_VERIFY_PARAM_set1_host(param, r->host, 0))
        return fail(err, REPLY_INTERNAL, "TLS cannot check for the name %s",
                    r->host);
    ERR_clear_error(); /* a host name is not an address: no error */
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, verify);
    (void)smtp_starttls_set_ctx(s, tls);
    (void)smtp_starttls_enable(s, Starttls_REQUIRED);
    return true;
}

static void set_auth(smtp_session_t s, struct relay *r)
{
    auth_context_t auth;

    auth_client_init();
    auth = auth_create_context();
    (void)auth_set_mechanism_flags(auth, AUTH_PLUGIN_PLAIN, 0);
    (void)auth_set_interact_cb(auth, give_password, r);
    (void)smtp_auth_set_context(s, auth);
}

static void add_mail(smtp_session_t s, struct mail *m)
{
    m->message = smtp_add_message(s);
    invariant(m->message);
    smtp_message_set_application_data_release(m->message, m, NULL);
    (void)smtp_set_reverse_path(m->message, m->from);
    (void)smtp_set_messagecb(m->message, give_octets, m);
    m->recipient = smtp_add_recipient(m->message, m->to);
    invariant(m->recipient);
    (void)smtp_dsn_set_ret(m->message, Ret_HDRS);
    (void)smtp_dsn_set_envid(m->message, m->id);
    (void)smtp_dsn_set_notify(m->recipient, Notify_FAILURE | Notify_DELAY);
}

static bool prepare(smtp_session_t s, struct batch *b, struct error *err)
{
    struct relay *r = &b->relay;

    (void)smtp_set_server(s, r->host_port);
    (void)smtp_set_hostname(s, r->helo);
    set_patience(s, r->patience);
    (void)smtp_option_require_all_recipients(s, 1);
    (void)smtp_set_eventcb(s, on_event, b);
    (void)smtp_set_monitorcb(s, watch, NULL, 0);
    if (r->starttls && !set_tls(s, r, err))
        return false;
    if (r->user)
        set_auth(s, r);
    for (size_t i = 0; i < b->n; i++)
        add_mail(s, &b->mails[i]);
    return true;
}

/* Why mails were left over, as far as anybody can tell. */
static void tell_reason(const struct relay *r, int library_error)
{
    char buf[200];
    const char *reason = smtp_strerror(library_error, buf, sizeof buf);

    if (!session.connected)
        (void)tell("note %s: no connection: %s", r->host_port, reason);
    else if (session.injected)
        (void)tell("note %s: plain text was slipped in behind STARTTLS",
                   r->host_port);
    else if (session.bad_certificate)
        (void)tell("note %s: the certificate is not good: %s", r->host_port,
                   X509_verify_cert_error_string(session.bad_certificate));
    else if (session.no_starttls)
        (void)tell("note %s: offers no STARTTLS, which is required",
                   r->host_port);
    else if (r->user && !session.authed)
        (void)tell("note %s: user and password were not taken: %s",
                   r->host_port,
                   session.refusal[0] ? session.refusal
                                      : "it offers neither PLAIN nor LOGIN");
    else if (session.refusal[0])
        (void)tell("note %s: %s", r->host_port, session.refusal);
    else
        (void)tell("note %s: the connection ended early", r->host_port);
}

static int run(struct batch *b)
{
    smtp_session_t s = smtp_create_session();
    struct error err;
    bool left = false;

    invariant(s);
    if (!prepare(s, b, &err))
        return refuse(&err);
    (void)smtp_start_session(s);
    for (size_t i = 0; i < b->n && !left; i++)
        left = !b->mails[i].told;
    if (left)
        tell_reason(&b->relay, smtp_errno());
    for (size_t i = 0; i < b->n; i++)
        if (!b->mails[i].told)
            tell_verdict(&b->mails[i], &b->relay);
    return tell("done") ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- the process */

static void set_limits(void)
{
    struct rlimit none = {0, 0};

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* it maps terabytes of shadow */
    struct rlimit memory = {MEMORY_MOST, MEMORY_MOST};

    (void)setrlimit(RLIMIT_AS, &memory);
#endif
}

/* No SA_RESTART: a connect() that hangs ends when we are asked to stop. A reload
 * by `systemctl kill -s HUP` reaches every process of the service. */
static void set_signals(void)
{
    struct sigaction action = {.sa_handler = on_term};

    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)sigaction(SIGTERM, &action, NULL);
}

/* "--paced"; "--patience SECONDS", for tests; false when it is something else.
 */
static bool read_arguments(int argc, char **argv, int *ret_patience)
{
    bool given = argc == 3 && strcmp(argv[1], "--patience") == 0;

    pace.on = argc == 2 && strcmp(argv[1], "--paced") == 0;
    *ret_patience = given ? atoi(argv[2]) : PATIENCE;
    return (argc == 1 || pace.on || given) && *ret_patience > 0 &&
           *ret_patience <= PATIENCE;
}

/* _exit: what the libraries do at the end could only go wrong. */
int main(int argc, char **argv)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct batch b = {.n = 0};
    struct error err;

    set_limits();
    set_signals();
    if (!read_arguments(argc, argv, &b.relay.patience)) {
        (void)fputs("convene-mailer is started by convened\n", stderr);
        _exit(64);
    }
    if (!batch_read(ctx, &b, &err))
        _exit(refuse(&err));
    _exit(run(&b));
}
