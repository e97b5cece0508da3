using Mono.Cecil;

namespace KernelSockets.Architecture.Tests;

/// <summary>No mutable statics outside the nucleus: two stacks on one simulated wire, two file tables in one test.</summary>
public sealed class StaticStateTests
{
    private const string ReadOnlyPrefix = "System.Collections.Frozen.";
    private const string ImmutablePrefix = "System.Collections.Immutable.";

    [Fact]
    public void Layers_HaveNoMutableStatics()
    {
        foreach (string path in LayerAssemblies.Paths)
        {
            using ModuleDefinition module = ModuleDefinition.ReadModule(path);
            IEnumerable<string> mutable = module.GetTypes()
                .Where(type => !IsCompilerMade(type))
                .SelectMany(type => type.Fields)
                .Where(field => field.IsStatic && !field.IsLiteral && !IsCompilerMade(field) && !IsImmutable(field))
                .Select(field => field.FullName);
            Assert.True(!mutable.Any(), string.Join('\n', mutable));
        }
    }

    [Theory]
    [InlineData(nameof(Samples.Counter), false)]
    [InlineData(nameof(Samples.List), false)]
    [InlineData(nameof(Samples.Bytes), false)]
    [InlineData(Samples.TableName, true)]
    [InlineData(nameof(Samples.Name), true)]
    [InlineData(nameof(Samples.Number), true)]
    [InlineData(nameof(Samples.Frozen), true)]
    [InlineData(nameof(Samples.Person), true)]
    public void TheRuleItself_TellsMutableFromImmutable(string fieldName, bool expected)
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(typeof(Samples).Assembly.Location);
        TypeDefinition samples = module.GetTypes().Single(type => type.Name == nameof(Samples));
        Assert.Equal(expected, IsImmutable(samples.Fields.Single(field => field.Name == fieldName)));
    }

    private static bool IsCompilerMade(IMemberDefinition member) =>
        member.Name.Contains('<', StringComparison.Ordinal)
        && (member is not FieldDefinition field || field.DeclaringType.Name.Contains('<', StringComparison.Ordinal) || field.Name.EndsWith("O__", StringComparison.Ordinal));

    /// <summary>A private read-only array of immutable values passes as a table of constants: only its own class could write to it.</summary>
    private static bool IsImmutable(FieldDefinition field)
    {
        TypeReference type = field is { IsPrivate: true, FieldType: ArrayType array } ? array.ElementType : field.FieldType;
        return field.IsInitOnly && IsImmutableType(type);
    }

    private static bool IsImmutableType(TypeReference type)
    {
        if (type.IsArray)
        {
            return false;
        }

        string name = type.GetElementType().FullName;
        if (type.IsPrimitive || name == "System.String" || name.StartsWith(ReadOnlyPrefix, StringComparison.Ordinal)
            || name.StartsWith(ImmutablePrefix, StringComparison.Ordinal))
        {
            return true;
        }

        TypeDefinition? definition = type.Resolve();
        return definition is not null
            && (definition.IsEnum || definition.BaseType?.FullName == "System.MulticastDelegate"
                || AllBases(definition).All(part => part.Fields.Where(field => !field.IsStatic).All(field => field.IsInitOnly && IsImmutableType(field.FieldType))));
    }

    private static IEnumerable<TypeDefinition> AllBases(TypeDefinition type)
    {
        for (TypeDefinition? part = type; part is not null && part.FullName is not ("System.Object" or "System.ValueType"); part = part.BaseType?.Resolve())
        {
            yield return part;
        }
    }

    private sealed record Person(string Name, int Age);

    private static class Samples
    {
        public const string TableName = nameof(s_table);
        public static readonly List<int> List = [1];
        public static readonly byte[] Bytes = [1];
        public static readonly string Name = Environment.NewLine;
        public static readonly int Number = Environment.NewLine.Length;
        public static readonly System.Collections.Frozen.FrozenSet<int> Frozen = System.Collections.Frozen.FrozenSet<int>.Empty;
        public static readonly Person Person = new("a", 1);
#pragma warning disable CS0649, CA2211, S2223
        public static int Counter;
#pragma warning restore CS0649, CA2211, S2223
        private static readonly int[] s_table = [1, 2];

        public static int Sum => s_table.Sum();
    }
}
