namespace KernelSockets;

/// <summary>A job's standard files. Null stands for a closed descriptor.</summary>
/// <param name="Input">Descriptor 0.</param>
/// <param name="Output">Descriptor 1.</param>
/// <param name="Error">Descriptor 2.</param>
public readonly record struct JobFiles(OpenFile? Input, OpenFile? Output, OpenFile? Error);
