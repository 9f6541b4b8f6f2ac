package dev.cascade.cron.web;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import dev.cascade.cron.report.ErrorReport;

/// Errors of the API are the error objects of the commands.
@RestControllerAdvice(assignableTypes = Api.class)
final class ApiProblems {

    @ExceptionHandler
    ResponseEntity<ErrorReport> told(Exception thrown) {
        Refusal refusal = Refusal.of(thrown);
        return ResponseEntity.status(refusal.status())
                .contentType(MediaType.APPLICATION_JSON)
                .body(refusal.report());
    }
}
