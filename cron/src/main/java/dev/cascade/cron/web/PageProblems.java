package dev.cascade.cron.web;

import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

import jakarta.servlet.http.HttpServletResponse;

/// Errors of the page are pages.
@ControllerAdvice(assignableTypes = StatusPage.class)
final class PageProblems {

    @ExceptionHandler
    String told(Exception thrown, Model model, HttpServletResponse response) {
        Refusal refusal = Refusal.of(thrown);
        response.setStatus(refusal.status().value());
        model.addAttribute("problem", refusal.report().error());
        return "problem";
    }
}
