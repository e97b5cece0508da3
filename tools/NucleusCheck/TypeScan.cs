using Mono.Cecil;

namespace KernelSockets.NucleusCheck;

/// <summary>Tells whether values of a type hold managed references.</summary>
internal sealed class TypeScan
{
    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>True for objects and for structs with an object somewhere inside. Pointers and references to plain memory are none.</summary>
    public bool HoldsReference(TypeReference type) => type switch
    {
        PointerType or FunctionPointerType => false,
        ByReferenceType or PinnedType or RequiredModifierType or OptionalModifierType => HoldsReference(((TypeSpecification)type).ElementType),
        ArrayType => true,
        GenericParameter parameter => !IsValueParameter(parameter),
        GenericInstanceType instance => instance.GenericArguments.Any(HoldsReference) || DefinitionHoldsReference(instance.ElementType),
        _ => DefinitionHoldsReference(type),
    };

    /// <summary>The same for a signature of generic code, whose type parameters the caller has checked already.</summary>
    public bool SignatureHoldsReference(TypeReference type) => type switch
    {
        GenericParameter => false,
        ByReferenceType or PinnedType or RequiredModifierType or OptionalModifierType =>
            SignatureHoldsReference(((TypeSpecification)type).ElementType),
        GenericInstanceType instance => instance.GenericArguments.Any(SignatureHoldsReference) || DefinitionHoldsReference(instance.ElementType),
        _ => HoldsReference(type),
    };

    /// <summary>True when a type parameter stands for value types only, or was checked where compiler-made helpers are called.</summary>
    public static bool IsValueParameter(GenericParameter parameter) =>
        parameter.HasNotNullableValueTypeConstraint || IsCompilerHelper(parameter.DeclaringMethod?.DeclaringType ?? parameter.DeclaringType);

    /// <summary>True for the class that holds the compiler's data and helpers.</summary>
    public static bool IsCompilerHelper(TypeReference? type) =>
        type is not null && type.Name.StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal);

    private bool DefinitionHoldsReference(TypeReference type)
    {
        if (type.MetadataType is >= MetadataType.Void and <= MetadataType.Double or MetadataType.IntPtr or MetadataType.UIntPtr)
        {
            return false;
        }

        string key = type.FullName;
        if (!_known.TryGetValue(key, out bool holds))
        {
            // A struct cannot contain itself, except through a static field or a pointer, which are not looked at.
            holds = ScanDefinition(type);
            _known[key] = holds;
        }

        return holds;
    }

    private bool ScanDefinition(TypeReference type)
    {
        TypeDefinition? definition = type.Resolve();
        if (definition is null || !definition.IsValueType)
        {
            return true;
        }

        return !definition.IsEnum
            && !definition.IsPrimitive
            && definition.Fields.Any(field => !field.IsStatic && SignatureHoldsReference(field.FieldType));
    }
}
