package dev.cascade.cron.web;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;

import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.ServletRequestBindingException;

import dev.cascade.config.ConfigurationProblem;
import dev.cascade.cron.report.ErrorReport;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.NotFound;
import dev.cascade.jobs.Problems;
import dev.cascade.jobs.RunReport.Problem;

/// Why a request was not met, as HTTP and as the commands say it.
record Refusal(HttpStatus status, ErrorReport report) {

    private static final Logger log = LoggerFactory.getLogger(Refusal.class);

    static Refusal of(Exception thrown) {
        return switch (thrown) {
            case NoSuchRoot none -> refused(HttpStatus.NOT_FOUND, none,
                    "GET /api/v1/roots lists them.");
            case Retry.Busy busy -> new Refusal(HttpStatus.CONFLICT, ErrorReport.of(ExitCode.BUSY,
                    String.valueOf(busy.getMessage()), "Try again when it has ended."));
            case Unanswered none -> of(none.problem());
            case NotFound none -> refused(HttpStatus.NOT_FOUND, none, none.remedy());
            case ConfigurationProblem problem -> refused(HttpStatus.CONFLICT, problem,
                    problem.remedy());
            case InvalidParameterException _ -> refused(HttpStatus.BAD_REQUEST,
                    "the parameters cannot be read: too many of them, or no UTF-8");
            case CharacterCodingException _ -> refused(HttpStatus.BAD_REQUEST,
                    "a parameter is no UTF-8");
            case IllegalArgumentException wrong -> refused(HttpStatus.BAD_REQUEST, wrong,
                    "GET /api/v1/openapi.json tells what it takes.");
            case TypeMismatchException wrong -> refused(HttpStatus.BAD_REQUEST,
                    "%s is '%s', which it cannot be".formatted(wrong.getPropertyName(),
                            wrong.getValue()));
            case HttpMessageNotReadableException _ -> refused(HttpStatus.BAD_REQUEST,
                    "the body is no JSON object that is expected here, or longer than 64 KB");
            case ServletRequestBindingException wrong -> refused(HttpStatus.BAD_REQUEST,
                    String.valueOf(wrong.getMessage()));
            case ErrorResponse other -> refused(
                    HttpStatus.valueOf(other.getStatusCode().value()),
                    String.valueOf(other.getBody().getDetail()));
            default -> unexpected(thrown);
        };
    }

    /// Whoever asked is told what it was; only the log can say where. A client that went away is no news.
    private static Refusal unexpected(Exception thrown) {
        Refusal refusal = of(Problems.of(thrown));
        if (refusal.status() == HttpStatus.INTERNAL_SERVER_ERROR
                && !(thrown instanceof IOException)) {
            log.error("a request failed", thrown);
        }
        return refusal;
    }

    private static Refusal of(Problem problem) {
        HttpStatus status = switch (problem.fault()) {
            case GUARD -> HttpStatus.CONFLICT;
            case PRECONDITION, GROUND -> HttpStatus.SERVICE_UNAVAILABLE;
            case INTERNAL -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
        return new Refusal(status, ErrorReport.of(ExitCode.of(problem), problem.message(),
                problem.remedy()));
    }

    private static Refusal refused(HttpStatus status, String message) {
        return new Refusal(status, ErrorReport.of(ExitCode.REFUSED, message,
                "GET /api/v1/openapi.json tells what it takes."));
    }

    private static Refusal refused(HttpStatus status, Exception thrown, String hint) {
        return new Refusal(status, ErrorReport.of(ExitCode.REFUSED,
                String.valueOf(thrown.getMessage()), hint));
    }
}
