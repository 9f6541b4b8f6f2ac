package dev.cascade.cron.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import dev.cascade.cron.report.ErrorReport;
import dev.cascade.cron.report.ExitCode;
import dev.cascade.jobs.ReportJson;

/// Tells a program that it did not show the token, as an error object.
final class ApiGate implements AuthenticationEntryPoint, AccessDeniedHandler {

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response,
            AuthenticationException thrown) throws IOException {
        refuse(response);
    }

    /// A request without the token is also one that another site could have sent.
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response,
            AccessDeniedException thrown) throws IOException {
        refuse(response);
    }

    private void refuse(HttpServletResponse response) throws IOException {
        response.setStatus(HttpStatus.UNAUTHORIZED.value());
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.getWriter()
                .write(ReportJson.write(ErrorReport.of(ExitCode.REFUSED,
                        "this needs the token, which was not sent or is another",
                        "Send the header Authorization: Bearer TOKEN; serve says at its start in which file it stands.")));
    }
}
