package dev.cascade.steps.embed;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An answer that is no success, as the endpoint gave it.
///
/// @param status
///            the HTTP status
/// @param header
///            the value of a header, if it is there
/// @param code
///            the endpoint's own word for it, in lower case; empty if it gave none
/// @param message
///            what it told people
record Refusal(int status, Function<String, Optional<String>> header, String code,
        String message) {

    /*
     * The status and the code decide before the text, for texts change and are quoted from
     * elsewhere. The order is: an explicit no, authentication, quota, the settings, the text, and
     * what is left may be tried again. Quota is looked at after authentication and before rate
     * limits, since endpoints answer 429 for both.
     */

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private static final Set<String> AUTH = Set.of("invalid_api_key", "authentication_error",
            "invalid_authentication", "permission_denied", "permission_error", "unauthorized",
            "unauthenticated", "account_deactivated");
    private static final Set<String> QUOTA = Set.of("insufficient_quota", "quota_exceeded",
            "billing_hard_limit_reached", "billing_not_active", "insufficient_balance",
            "insufficient_credits", "payment_required");
    private static final Set<String> RATE = Set.of("rate_limit_exceeded", "rate_limit_error",
            "rate_limited", "requests", "tokens", "overloaded", "overloaded_error");
    private static final Set<String> SETTINGS = Set.of("model_not_found", "invalid_model",
            "unsupported_model", "model_not_available", "unknown_url", "notfounderror");
    private static final Set<String> LENGTH = Set.of("context_length_exceeded",
            "string_above_max_length", "max_tokens_exceeded", "input_too_long");
    private static final Set<String> CONTENT = Set.of("content_policy_violation",
            "content_filter", "moderation_blocked");

    private static final Pattern QUOTA_TEXT = Pattern.compile(
            "exceeded your current quota|billing|insufficient (balance|credit|funds|quota)|quota (is )?(exceeded|exhausted|used up)");
    private static final Pattern LENGTH_TEXT = Pattern.compile(
            "context length|context size|too long|too large|too many tokens|must have less than|maximum (sequence|input|allowed)|max(imum)? (number of )?tokens|exceeds? the (limit|maximum|context)");
    private static final Pattern SETTINGS_TEXT = Pattern.compile(
            "model .{0,80}(not found|does not exist|is not loaded)|does not support (matryoshka|dimensions|embedding)|dimensions.{0,40}(not supported|unsupported)");

    static Refusal of(int status, Function<String, Optional<String>> header, byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            JsonNode error = json.path("error").isObject() ? json.path("error") : json;
            String code = first(error, "code", "type", "error_type");
            String message = first(error, "message", "error", "detail");
            return new Refusal(status, header, code.toLowerCase(Locale.ROOT), message);
        } catch (JacksonException ex) {
            return new Refusal(status, header, "", "");
        }
    }

    /// The first of these that is a word and not a number.
    private static String first(JsonNode object, String... names) {
        for (String name : names) {
            JsonNode value = object.path(name);
            if (value.isString() && !value.asString().matches("\\d*")) {
                return value.asString();
            }
        }
        return "";
    }

    Fault fault(Clock clock) {
        String text = message.toLowerCase(Locale.ROOT);
        boolean isOfRequest = status == 400 || status == 413 || status == 422;
        if (!isOfRequest && header.apply("x-should-retry").filter("false"::equals).isPresent()
                && !isAuth() && !isQuota(text)) {
            return new Fault.Declined();
        }
        if (isAuth()) {
            return new Fault.Denied();
        }
        if (isQuota(text)) {
            return new Fault.OutOfQuota(after(clock));
        }
        if (CONTENT.contains(code)) {
            return new Fault.Refused();
        }
        if (LENGTH.contains(code)) {
            return new Fault.TooLong();
        }
        if (isOfSettings() || (isOfRequest && SETTINGS_TEXT.matcher(text).find())) {
            return new Fault.Misconfigured();
        }
        if (isOfRequest) {
            return status == 413 || LENGTH_TEXT.matcher(text).find() ? new Fault.TooLong()
                    : new Fault.Refused();
        }
        return new Fault.Busy(after(clock));
    }

    private boolean isOfSettings() {
        boolean isRedirect = status >= 300 && status < 400;
        return isRedirect || status == 404 || status == 405 || status == 410
                || SETTINGS.contains(code);
    }

    private boolean isAuth() {
        boolean isDenied = status == 401 || status == 403 || status == 407;
        return AUTH.contains(code) || (isDenied && !QUOTA.contains(code));
    }

    private boolean isQuota(String text) {
        if (status == 402 || QUOTA.contains(code)) {
            return true;
        }
        return status == 429 && !RATE.contains(code)
                && header.apply("retry-after").isEmpty()
                && QUOTA_TEXT.matcher(text).find();
    }

    /// The wait that the endpoint asks for: in milliseconds, in seconds, or as a date.
    private Optional<Duration> after(Clock clock) {
        Optional<Duration> asked = header.apply("retry-after-ms")
                .flatMap(Refusal::number)
                .map(Duration::ofMillis)
                .or(() -> header.apply("retry-after")
                        .flatMap(value -> number(value)
                                .map(Duration::ofSeconds)
                                .or(() -> date(value, clock))));
        return asked.map(wait -> wait.isNegative() ? Duration.ZERO
                : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }

    private static Optional<Long> number(String value) {
        return value.matches("\\d{1,12}") ? Optional.of(Long.parseLong(value)) : Optional.empty();
    }

    private static Optional<Duration> date(String value, Clock clock) {
        try {
            Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(Duration.between(clock.instant(), until));
        } catch (DateTimeException ex) {
            return Optional.empty();
        }
    }
}
