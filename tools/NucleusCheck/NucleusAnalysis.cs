using Mono.Cecil;
using Mono.Cecil.Cil;

namespace KernelSockets.NucleusCheck;

/// <summary>
/// Checks that raw code keeps its rules: it runs before the runtime exists and in interrupt context, so one forgotten <c>new</c> would
/// fail once in a thousand boots.
/// </summary>
/// <remarks>
/// Raw code is every method of the raw namespace, every method with <c>System.Runtime.RuntimeExportAttribute</c>, and whatever of the
/// project's own these call. Methods that the compiler adds (a record struct's ToString, say) count once something raw calls them.
/// </remarks>
public sealed class NucleusAnalysis
{
    private readonly Options _options;
    private readonly List<Violation> _violations = [];
    private readonly HashSet<MethodDefinition> _seen = [];
    private readonly HashSet<TypeDefinition> _checkedTypes = [];
    private readonly Queue<RawMethod> _pending = new();
    private readonly ModuleDefinition _module;

    private NucleusAnalysis(ModuleDefinition module, Options options)
    {
        _module = module;
        _options = options;
    }

    /// <summary>Knows which types hold references.</summary>
    internal TypeScan Types { get; } = new();

    /// <summary>The settings.</summary>
    internal Options Options => _options;

    /// <summary>Checks an assembly, and that the project's assemblies it uses are compiled without <c>unsafe</c>.</summary>
    /// <param name="path">The assembly; its portable PDB, where there is one, lies beside it.</param>
    /// <param name="options">What is raw.</param>
    /// <returns>Violations in source order, and how many raw methods there are.</returns>
    public static (IReadOnlyList<Violation> Violations, int MethodCount) Check(string path, Options options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        using OwnAssemblies assemblies = new(Path.GetDirectoryName(Path.GetFullPath(path))!, options.References);
        using ModuleDefinition module = ModuleDefinition.ReadModule(path, assemblies.Parameters);
        NucleusAnalysis analysis = new(module, options);
        List<MethodDefinition> nativeRoots = analysis.AddRoots();
        analysis.CheckReachable();
        nativeRoots.ForEach(native => analysis.Reach(native, SourceLocation.Unknown));
        analysis.CheckReachable();
        foreach (AssemblyDefinition assembly in assemblies.ReferencedBy(module))
        {
            analysis.CheckIsSafe(assembly.MainModule);
        }

        Violation[] violations =
        [
            .. analysis._violations.Distinct().OrderBy(v => v.Location.File, StringComparer.Ordinal).ThenBy(v => v.Location.Line).ThenBy(v => v.Location.Column),
        ];
        return (violations, analysis._seen.Count);
    }

    /// <summary>Records a broken rule.</summary>
    internal void Report(Violation violation) => _violations.Add(violation);

    /// <summary>True when a method is the project's own, and thus checked rather than looked up in the allow-list.</summary>
    internal bool IsOwn(ModuleDefinition module) =>
        module == _module || (module.Assembly?.Name.Name.StartsWith(OwnAssemblies.Prefix, StringComparison.Ordinal) ?? false);

    /// <summary>Makes a method raw, because raw code at <paramref name="from"/> reaches it.</summary>
    internal void Reach(MethodDefinition method, SourceLocation from)
    {
        if (_seen.Add(method))
        {
            _pending.Enqueue(new RawMethod(method, from));
        }
    }

    /// <summary>Queues all roots but native methods: they have no line of their own, so a caller's line should be known first.</summary>
    /// <returns>The native ones.</returns>
    private List<MethodDefinition> AddRoots()
    {
        List<MethodDefinition> nativeRoots = [];
        foreach (TypeDefinition type in _module.GetTypes())
        {
            bool isRaw = IsInRawNamespace(type) && !IsDeclarationOnly(type);
            if (isRaw)
            {
                CheckDeclaration(type);
            }

            foreach (MethodDefinition method in type.Methods)
            {
                bool isRoot = isRaw && !method.IsAbstract && !(method.IsConstructor && method.IsStatic)
                    && !Attributes.Has(method, Attributes.CompilerGenerated);
                if (isRoot && !method.HasBody)
                {
                    nativeRoots.Add(method);
                }
                else if (isRoot || Attributes.Has(method, Attributes.RuntimeExport))
                {
                    Reach(method, SourceLocation.Unknown);
                }
            }
        }

        return nativeRoots;
    }

    private bool IsInRawNamespace(TypeDefinition type)
    {
        TypeDefinition outermost = type;
        while (outermost.DeclaringType is not null)
        {
            outermost = outermost.DeclaringType;
        }

        return outermost.Namespace == _options.RawNamespace
            || outermost.Namespace.StartsWith(_options.RawNamespace + ".", StringComparison.Ordinal);
    }

    /// <summary>True for types that hold no code of their own: attributes, enums, interfaces, delegates, and what the compiler makes for lambdas.</summary>
    private static bool IsDeclarationOnly(TypeDefinition type)
    {
        string? parent = type.BaseType?.FullName;
        return type.IsInterface || type.IsEnum
            || parent is "System.Attribute" or "System.MulticastDelegate"
            || Attributes.Has(type, Attributes.CompilerGenerated);
    }

    private void CheckReachable()
    {
        while (_pending.TryDequeue(out RawMethod raw))
        {
            TypeDefinition type = raw.Method.DeclaringType;
            if (!IsDeclarationOnly(type))
            {
                CheckStatics(type, raw.ReachedFrom);
            }

            new MethodChecker(this, raw).Check();
        }
    }

    private void CheckDeclaration(TypeDefinition type)
    {
        if (!type.IsValueType && !(type.IsAbstract && type.IsSealed))
        {
            Report(new Violation(Rule.InstantiableType, LocationOf(type), type.FullName, "is a class that is not static"));
        }

        foreach (FieldDefinition field in type.Fields)
        {
            if (!field.IsLiteral && Types.HoldsReference(field.FieldType))
            {
                Report(new Violation(Rule.ManagedReference, LocationOf(type), type.FullName, $"field {field.Name} holds a reference ({field.FieldType.Name})"));
            }
        }

        CheckStatics(type, SourceLocation.Unknown);
    }

    /// <summary>What raw code may not find in a type whose static members it uses.</summary>
    internal void CheckStatics(TypeDefinition type, SourceLocation from)
    {
        if (!_checkedTypes.Add(type))
        {
            return;
        }

        MethodDefinition? constructor = type.Methods.FirstOrDefault(method => method.IsConstructor && method.IsStatic);
        if (constructor is not null)
        {
            SourceLocation own = constructor.DebugInformation.SequencePoints.Select(SourceLocationOf).FirstOrDefault(location => location.IsKnown);
            Report(new Violation(
                Rule.StaticConstructor, own.IsKnown ? own : from, type.FullName, "has a static constructor or a static field with an initialiser"));
        }

        foreach (FieldDefinition field in type.Fields.Where(field => field.IsStatic && Attributes.Has(field, Attributes.ThreadStatic)))
        {
            Report(new Violation(Rule.ThreadStatic, LocationOf(type), type.FullName, $"field {field.Name} is thread-static"));
        }
    }

    private void CheckIsSafe(ModuleDefinition module)
    {
        // The compiler marks every module that is built with AllowUnsafeBlocks, used or not.
        if (Attributes.Has(module, Attributes.UnverifiableCode))
        {
            Report(new Violation(Rule.UnsafeAssembly, SourceLocation.Unknown, module.Name, "is compiled with AllowUnsafeBlocks"));
        }
    }

    /// <summary>A type has no place in the debug information: the first line of any of its methods has to do.</summary>
    private static SourceLocation LocationOf(TypeDefinition type) => type.Methods
        .SelectMany(method => method.DebugInformation.SequencePoints)
        .Select(SourceLocationOf)
        .Where(location => location.IsKnown)
        .OrderBy(location => location.Line)
        .FirstOrDefault();

    /// <summary>Source location of a sequence point; unknown for hidden ones.</summary>
    internal static SourceLocation SourceLocationOf(SequencePoint point) =>
        point.IsHidden ? SourceLocation.Unknown : new SourceLocation(point.Document.Url, point.StartLine, point.StartColumn);
}

/// <summary>A method to check.</summary>
/// <param name="Method">The method.</param>
/// <param name="ReachedFrom">The first call that made it raw; unknown for roots.</param>
internal readonly record struct RawMethod(MethodDefinition Method, SourceLocation ReachedFrom);
