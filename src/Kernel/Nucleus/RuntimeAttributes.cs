// The ahead-of-time compiler recognises these two attributes by their full names.
#pragma warning disable IDE0130 // the namespace is the compiler's
namespace System.Runtime;
#pragma warning restore IDE0130

/// <summary>A raw static method that gets a native symbol of this name, without any transition into or out of the runtime.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeExportAttribute : Attribute
{
    public RuntimeExportAttribute(string entryPoint) => EntryPoint = entryPoint;

    public string EntryPoint { get; }
}

/// <summary>
/// An extern method that is a plain call to a native symbol. (P/Invoke will not do for raw code, not even with SuppressGCTransition: the compiler
/// polls for a garbage collection after such a call, which in an interrupt handler would wait for ever.)
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeImportAttribute : Attribute
{
    public RuntimeImportAttribute(string library, string entryPoint)
    {
        Library = library;
        EntryPoint = entryPoint;
    }

    public string Library { get; }

    public string EntryPoint { get; }
}

/// <summary>Names for <see cref="RuntimeImportAttribute"/>.</summary>
internal static class Image
{
    /// <summary>The kernel image itself.</summary>
    public const string Library = "*";
}
