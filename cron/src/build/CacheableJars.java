import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/// Rewrites jars so that the JVM keeps their classes in its start-up cache; else each start would read and verify
/// them anew. It keeps none in the format of Java 5, so these get that of Java 8, with stack maps, and their code
/// stays as it is. It keeps none of a signed jar, so signatures are left out; Maven has compared checksums.
/// docs/decisions/0002-start-from-an-extracted-jar.md
///
/// The build runs it: `java CacheableJars.java JAR...`
void main(String[] args) throws IOException {
    for (String jar : args) {
        rewrite(Path.of(jar));
    }
}

void rewrite(Path jar) throws IOException {
    ClassFile format = format(jar);
    ByteArrayOutputStream rewritten = new ByteArrayOutputStream();
    int old = 0;
    try (JarFile from = new JarFile(jar.toFile(), false);
            JarOutputStream to = new JarOutputStream(rewritten, unsigned(from.getManifest()))) {
        for (JarEntry entry : from.stream().filter(entry -> isCopied(entry.getName())).toList()) {
            ZipEntry copy = new ZipEntry(entry.getName());
            copy.setTime(entry.getTime());
            to.putNextEntry(copy);
            byte[] bytes = read(from, entry);
            boolean isOld = isOldClass(entry.getName(), bytes);
            to.write(isOld ? renew(format, bytes) : bytes);
            old += isOld ? 1 : 0;
        }
    }
    FileTime time = Files.getLastModifiedTime(jar);
    Files.write(jar, rewritten.toByteArray());
    Files.setLastModifiedTime(jar, time);
    IO.println("%s: %d classes in a newer format, no signatures".formatted(jar.getFileName(), old));
}

/// Knows the classes of the jar, which it must to tell what two of them have in common.
ClassFile format(Path jar) throws IOException {
    Map<String, byte[]> classes = new HashMap<>();
    try (JarFile all = new JarFile(jar.toFile(), false)) {
        for (JarEntry entry : all.stream().filter(entry -> entry.getName().endsWith(".class")).toList()) {
            classes.put(entry.getName(), read(all, entry));
        }
    }
    return ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver
                    .ofResourceParsing(type -> stream(classes.get(fileName(type))))
                    .orElse(ClassHierarchyResolver.defaultResolver())));
}

byte[] read(JarFile jar, JarEntry entry) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
        return in.readAllBytes();
    }
}

boolean isCopied(String name) {
    return !name.equals(JarFile.MANIFEST_NAME) && !name.matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
}

boolean isOldClass(String name, byte[] bytes) {
    return name.endsWith(".class") && ByteBuffer.wrap(bytes).getShort(6) < ClassFile.JAVA_6_VERSION;
}

String fileName(ClassDesc type) {
    String descriptor = type.descriptorString();
    return descriptor.substring(1, descriptor.length() - 1) + ".class";
}

InputStream stream(byte[] bytes) {
    return bytes == null ? null : new ByteArrayInputStream(bytes);
}

Manifest unsigned(Manifest manifest) {
    manifest.getEntries().values().forEach(attributes -> attributes.keySet()
            .removeIf(name -> name.toString().toUpperCase(Locale.ROOT).contains("-DIGEST")));
    manifest.getEntries().values().removeIf(Attributes::isEmpty);
    manifest.getMainAttributes().putValue("Changed-By-Cascade",
            "signatures left out, class files of Java 5 in the format of Java 8");
    return manifest;
}

/// @throws IllegalStateException
///     if a JVM would refuse the result
byte[] renew(ClassFile format, byte[] bytes) {
    byte[] renewed = format.transformClass(format.parse(bytes), ClassTransform
            .dropping(ClassFileVersion.class::isInstance)
            .andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL))
            .andThen(ClassTransform.endHandler(made -> made.withVersion(ClassFile.JAVA_8_VERSION, 0))));
    List<VerifyError> errors = format.verify(renewed);
    if (!errors.isEmpty()) {
        throw new IllegalStateException(errors.getFirst());
    }
    return renewed;
}
