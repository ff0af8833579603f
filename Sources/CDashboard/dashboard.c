#include "cdashboard.h"

// Of C23 nothing else is needed, and the other C files keep to what every compiler knows.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t index_html[] = {
#embed "page/index.html"
};
static const uint8_t icon[] = {
#embed "page/icon.svg"
};
static const uint8_t base_css[] = {
#embed "page/base.css"
};
static const uint8_t parts_css[] = {
#embed "page/parts.css"
};
static const uint8_t main_js[] = {
#embed "page/main.js"
};
static const uint8_t dom_js[] = {
#embed "page/dom.js"
};
static const uint8_t format_js[] = {
#embed "page/format.js"
};
static const uint8_t session_js[] = {
#embed "page/session.js"
};
static const uint8_t feed_js[] = {
#embed "page/feed.js"
};
static const uint8_t chart_js[] = {
#embed "page/chart.js"
};
static const uint8_t overview_js[] = {
#embed "page/overview.js"
};
static const uint8_t jobs_js[] = {
#embed "page/jobs.js"
};
static const uint8_t token_js[] = {
#embed "page/token.js"
};
static const uint8_t steps_js[] = {
#embed "page/steps.js"
};
static const uint8_t purge_js[] = {
#embed "page/purge.js"
};
static const uint8_t forms_js[] = {
#embed "page/forms.js"
};
static const uint8_t errors_js[] = {
#embed "page/errors.js"
};
static const uint8_t settings_js[] = {
#embed "page/settings.js"
};

#define HTML "text/html; charset=utf-8"
#define CSS "text/css; charset=utf-8"
#define JS "text/javascript; charset=utf-8"

static const struct cdashboard_file files[] = {
    {"/", HTML, index_html, sizeof index_html},
    {"/dashboard/icon.svg", "image/svg+xml", icon, sizeof icon},
    {"/dashboard/base.css", CSS, base_css, sizeof base_css},
    {"/dashboard/parts.css", CSS, parts_css, sizeof parts_css},
    {"/dashboard/main.js", JS, main_js, sizeof main_js},
    {"/dashboard/dom.js", JS, dom_js, sizeof dom_js},
    {"/dashboard/format.js", JS, format_js, sizeof format_js},
    {"/dashboard/session.js", JS, session_js, sizeof session_js},
    {"/dashboard/feed.js", JS, feed_js, sizeof feed_js},
    {"/dashboard/chart.js", JS, chart_js, sizeof chart_js},
    {"/dashboard/overview.js", JS, overview_js, sizeof overview_js},
    {"/dashboard/jobs.js", JS, jobs_js, sizeof jobs_js},
    {"/dashboard/token.js", JS, token_js, sizeof token_js},
    {"/dashboard/steps.js", JS, steps_js, sizeof steps_js},
    {"/dashboard/purge.js", JS, purge_js, sizeof purge_js},
    {"/dashboard/forms.js", JS, forms_js, sizeof forms_js},
    {"/dashboard/errors.js", JS, errors_js, sizeof errors_js},
    {"/dashboard/settings.js", JS, settings_js, sizeof settings_js},
};

const struct cdashboard_file *cdashboard_file(size_t number) {
    return number < sizeof files / sizeof files[0] ? &files[number] : NULL;
}
