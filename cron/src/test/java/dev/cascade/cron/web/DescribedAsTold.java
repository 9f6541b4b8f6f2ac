package dev.cascade.cron.web;

import java.util.List;
import java.util.Locale;

import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;

import dev.cascade.cron.report.ErrorReport;

/// Lets the description of the API name things as the API itself does: keys and constants in snake_case.
@AutoConfiguration
class DescribedAsTold {

    @Bean
    ModelResolver modelResolver() {
        return new ModelResolver(new ObjectMapper().registerModule(new JavaTimeModule())
                .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
    }

    @Bean
    OpenApiCustomizer asTold() {
        return api -> {
            api.info(new Info().title("Cascade")
                    .version("v1")
                    .description("The records of the commands. GET changes nothing; "
                            + "POST needs the token, as docs/how-to/watch-and-steer.md says."));
            api.setServers(null);
            api.getComponents()
                    .addSecuritySchemes("token",
                            new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"));
            ModelConverters.getInstance()
                    .read(ErrorReport.class)
                    .forEach(api.getComponents()::addSchemas);
            api.getPaths().values().forEach(path -> {
                path.readOperations()
                        .forEach(call -> call.getResponses().addApiResponse("default", refusal()));
                if (path.getPost() != null) {
                    path.getPost().addSecurityItem(new SecurityRequirement().addList("token"));
                }
            });
            lowerCase(api);
        };
    }

    private static ApiResponse refusal() {
        return new ApiResponse().description("400 cannot be understood, 401 needs the token, "
                + "404 a root that is not served, or an execution, a gate or an entry that is not kept, "
                + "409 cannot be done as things stand, 503 the state cannot be read")
                .content(new Content().addMediaType("application/json",
                        new MediaType().schema(new Schema<>()
                                .$ref("#/components/schemas/ErrorReport"))));
    }

    private static void lowerCase(OpenAPI api) {
        api.getComponents().getSchemas().values().forEach(DescribedAsTold::lowerCase);
    }

    private static void lowerCase(Schema<?> schema) {
        if (schema.getEnum() != null) {
            List<?> constants = List.copyOf(schema.getEnum());
            schema.getEnum().clear();
            constants.forEach(constant -> add(schema,
                    String.valueOf(constant).toLowerCase(Locale.ROOT)));
        }
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(property -> lowerCase((Schema<?>) property));
        }
        if (schema.getItems() != null) {
            lowerCase(schema.getItems());
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void add(Schema schema, String constant) {
        schema.getEnum().add(constant);
    }
}
