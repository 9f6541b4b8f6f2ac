package dev.cascade.steps.embed;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;

import dev.cascade.steps.embed.Tokenizer.Tokens;

/// A sentence transformer that ONNX Runtime runs on the processors of this machine. Several threads can
/// use it at once.
final class OnnxModel implements AutoCloseable {

    private static final String IDS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String TYPES = "token_type_ids";
    private static final Set<String> INPUTS = Set.of(IDS, MASK, TYPES);
    /// What exports call their outputs, the best first: the vector of a text, else those of its tokens.
    private static final List<String> OUTPUTS = List.of("sentence_embedding", "last_hidden_state",
            "token_embeddings");
    private static final int TEXTS = 2;
    private static final int TOKENS = 3;

    private final Path file;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final OrtSession.RunOptions running;
    private final Map<String, OnnxJavaType> inputs = new HashMap<>();
    private final String output;
    /// Null if the model gives the vectors of whole texts.
    private final @Nullable Pooling pooling;
    private final long padding;
    private final int width;

    private OnnxModel(Path file, OrtEnvironment environment, OrtSession session, ModelCard card)
            throws OrtException, ModelProblem {
        this.file = file;
        this.environment = environment;
        this.session = session;
        this.padding = card.padding();
        for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
            inputs.put(input.getKey(), input(input.getKey(), tensor(input.getValue())));
        }
        if (!inputs.containsKey(IDS)) {
            throw problem("has no input %s but %s".formatted(IDS, inputs.keySet()));
        }
        Map<String, NodeInfo> outputs = session.getOutputInfo();
        this.output = OUTPUTS.stream()
                .filter(outputs::containsKey)
                .findFirst()
                .or(() -> outputs.keySet().stream().filter(_ -> outputs.size() == 1).findFirst())
                .orElseThrow(() -> problem("has the outputs %s and none of %s".formatted(
                        outputs.keySet(), OUTPUTS)));
        TensorInfo made = tensor(outputs.get(output));
        this.pooling = pooling(made, card);
        this.width = (int) Math.max(0, made.getShape()[made.getShape().length - 1]);
        this.running = new OrtSession.RunOptions();
    }

    /// Loads the model.
    ///
    /// @param threads
    ///            how many work on one call, the caller among them
    static OnnxModel of(Path file, ModelCard card, int threads) throws ModelProblem {
        if (!Files.isReadable(file)) {
            throw new ModelProblem(
                    "%s cannot be read; let cascade.embedding.model-folder name a folder that holds it, or onnx/model.onnx, and that the user who runs Cascade may read"
                            .formatted(file));
        }
        OrtEnvironment environment;
        try {
            environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            environment.setTelemetry(false);
        } catch (OrtException | RuntimeException | LinkageError ex) {
            throw NativeCode.missing("onnxruntime", ex);
        }
        try (OrtSession.SessionOptions options = options(threads)) {
            OrtSession session = environment.createSession(file.toString(), options);
            try {
                return new OnnxModel(file, environment, session, card);
            } catch (OrtException | ModelProblem ex) {
                session.close();
                throw ex;
            }
        } catch (OrtException ex) {
            throw new ModelProblem(
                    "%s cannot be loaded (%s); take it from the model's export again, with every file beside it"
                            .formatted(file, NativeCode.said(ex)),
                    ex);
        }
    }

    private static OrtSession.SessionOptions options(int threads) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        // Batches have all shapes: memory that is kept for the next one of a shape is only kept.
        options.setMemoryPatternOptimization(false);
        options.setCPUArenaAllocator(false);
        // Threads that have nothing to do sleep, for others want the processors too.
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        return options;
    }

    private OnnxJavaType input(String name, TensorInfo info) throws ModelProblem {
        if (!INPUTS.contains(name)) {
            throw problem("wants an input %s, and Cascade knows %s only".formatted(name, INPUTS));
        }
        if (info.type != OnnxJavaType.INT64 && info.type != OnnxJavaType.INT32) {
            throw problem("wants %s for %s, which are whole numbers".formatted(info.type, name));
        }
        if (info.getShape().length != TEXTS || LongStream.of(info.getShape()).max().orElse(0) > 1) {
            throw problem(
                    "takes %s of the shape %s alone, and not any number of texts of any length"
                            .formatted(name, Arrays.toString(info.getShape())));
        }
        return info.type;
    }

    private @Nullable Pooling pooling(TensorInfo made, ModelCard card) throws ModelProblem {
        if (made.type != OnnxJavaType.FLOAT && made.type != OnnxJavaType.FLOAT16) {
            throw problem("gives %s as %s, which are no vectors of numbers".formatted(output,
                    made.type));
        }
        int rank = made.getShape().length;
        if (rank != TEXTS && rank != TOKENS) {
            throw problem("gives %s in %d dimensions, where vectors of texts have 2 and of tokens 3"
                    .formatted(output, rank));
        }
        if (rank == TEXTS) {
            return null;
        }
        if (!card.layers().isEmpty()) {
            throw problem("gives the vectors of tokens, and modules.json has %s to follow"
                    .formatted(card.layers()));
        }
        return card.pooling();
    }

    private TensorInfo tensor(@Nullable NodeInfo node) throws ModelProblem {
        if (node != null && node.getInfo() instanceof TensorInfo info) {
            return info;
        }
        throw problem("has inputs or outputs that are no tensors");
    }

    private ModelProblem problem(String what) {
        return new ModelProblem(
                "%s %s; take an export of a sentence transformer for feature extraction".formatted(
                        file, what));
    }

    /// The width of its vectors; 0 if it does not say.
    int width() {
        return width;
    }

    /// One vector for each text, in their order, of any length.
    ///
    /// @throws OrtException
    ///             if it does not take these texts
    /// @throws ModelProblem
    ///             if its answer is none
    List<float[]> vectors(List<Tokens> texts) throws OrtException, ModelProblem {
        int longest = texts.stream().mapToInt(Tokens::count).max().orElse(0);
        Map<String, OnnxTensor> given = new HashMap<>();
        try {
            for (Map.Entry<String, OnnxJavaType> input : inputs.entrySet()) {
                given.put(input.getKey(), tensor(rows(input.getKey(), texts, longest),
                        input.getValue(), texts.size(), longest));
            }
            try (OrtSession.Result result = session.run(given, Set.of(output), running)) {
                return vectors((OnnxTensor) result.get(0), texts, longest);
            }
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
    }

    private long[] rows(String input, List<Tokens> texts, int longest) {
        long[] rows = new long[texts.size() * longest];
        if (input.equals(IDS)) {
            Arrays.fill(rows, padding);
        }
        for (int i = 0; i < texts.size(); i++) {
            Tokens text = texts.get(i);
            int from = i * longest;
            switch (input) {
                case IDS -> text.putIds(rows, from);
                case TYPES -> text.putTypes(rows, from);
                default -> Arrays.fill(rows, from, from + text.count(), 1);
            }
        }
        return rows;
    }

    private OnnxTensor tensor(long[] rows, OnnxJavaType type, int texts, int longest)
            throws OrtException {
        long[] shape = {texts, longest};
        return type == OnnxJavaType.INT64
                ? OnnxTensor.createTensor(environment, LongBuffer.wrap(rows), shape)
                : OnnxTensor.createTensor(environment,
                        IntBuffer.wrap(Arrays.stream(rows).mapToInt(Math::toIntExact).toArray()),
                        shape);
    }

    private List<float[]> vectors(OnnxTensor made, List<Tokens> texts, int longest)
            throws ModelProblem {
        long[] shape = made.getInfo().getShape();
        int wide = (int) shape[shape.length - 1];
        long[] wanted = pooling == null ? new long[]{texts.size(), wide}
                : new long[]{texts.size(), longest, wide};
        if (!Arrays.equals(shape, wanted) || wide < 1) {
            throw problem("gave %s in the shape %s where %s was due".formatted(output,
                    Arrays.toString(shape), Arrays.toString(wanted)));
        }
        FloatBuffer buffer = made.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            vectors.add(pooling == null ? Arrays.copyOfRange(values, i * wide, (i + 1) * wide)
                    : pooling.of(values, i * longest * wide, texts.get(i).count(), wide));
        }
        return vectors;
    }

    /// Ends what is under way, with an exception.
    void interrupt() throws OrtException {
        running.setTerminate(true);
    }

    /// Nobody may use it any more.
    @Override
    public void close() throws OrtException {
        running.close();
        session.close();
    }
}
