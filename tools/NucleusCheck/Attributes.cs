using Mono.Cecil;

namespace KernelSockets.NucleusCheck;

/// <summary>Questions about custom attributes, by full name, so that the project may declare them itself.</summary>
internal static class Attributes
{
    public const string RuntimeExport = "System.Runtime.RuntimeExportAttribute";
    public const string RuntimeImport = "System.Runtime.RuntimeImportAttribute";
    public const string SuppressTransition = "System.Runtime.InteropServices.SuppressGCTransitionAttribute";
    public const string DisableMarshalling = "System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute";
    public const string UnmanagedCallersOnly = "System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute";
    public const string CompilerGenerated = "System.Runtime.CompilerServices.CompilerGeneratedAttribute";
    public const string AsyncStateMachine = "System.Runtime.CompilerServices.AsyncStateMachineAttribute";
    public const string IteratorStateMachine = "System.Runtime.CompilerServices.IteratorStateMachineAttribute";
    public const string ThreadStatic = "System.ThreadStaticAttribute";
    public const string UnverifiableCode = "System.Security.UnverifiableCodeAttribute";

    /// <summary>True when <paramref name="target"/> carries the attribute.</summary>
    public static bool Has(ICustomAttributeProvider target, string fullName)
    {
        if (!target.HasCustomAttributes)
        {
            return false;
        }

        foreach (CustomAttribute attribute in target.CustomAttributes)
        {
            if (attribute.AttributeType.FullName == fullName)
            {
                return true;
            }
        }

        return false;
    }
}
