using Mono.Cecil;
using Mono.Cecil.Cil;

namespace KernelSockets.NucleusCheck;

/// <summary>Decides for every call, construction and method address in raw code whether it may be there, and follows the project's own callees.</summary>
internal sealed class CallChecker(NucleusAnalysis analysis, MethodChecker caller)
{
    private const string SuppressTransition = "System.Runtime.CompilerServices.CallConvSuppressGCTransition";

    /// <summary>call, callvirt, newobj and ldftn.</summary>
    public void CheckCall(Instruction instruction, MethodReference target)
    {
        if (!CheckTypeArguments(target))
        {
            return;
        }

        if (instruction.Previous is { OpCode.Code: Code.Constrained, Operand: TypeReference receiver })
        {
            CheckConstrained(receiver, target);
            return;
        }

        MethodDefinition? definition = target.Resolve();
        if (definition is null)
        {
            caller.Report(Rule.ForeignCall, $"{target.FullName} cannot be found");
            return;
        }

        bool isConstruction = instruction.OpCode.Code == Code.Newobj;
        if (isConstruction && !definition.DeclaringType.IsValueType)
        {
            caller.Report(Rule.Allocation, $"new {target.DeclaringType.FullName}");
        }
        else if (definition.IsVirtual && !definition.DeclaringType.IsValueType && instruction.OpCode.Code == Code.Callvirt)
        {
            caller.Report(Rule.DynamicDispatch, $"calls {target.FullName}");
        }
        else if (definition.IsAbstract)
        {
            caller.Report(Rule.DynamicDispatch, $"calls {target.FullName}");
        }
        else
        {
            Follow(definition, target);
        }
    }

    /// <summary>A call through a function pointer: nothing may happen to the collector's state on the way.</summary>
    public void CheckIndirectCall(CallSite site)
    {
        bool isManaged = site.CallingConvention is MethodCallingConvention.Default;
        if (!isManaged && !HasModifier(site.ReturnType, SuppressTransition))
        {
            caller.Report(Rule.NativeCall, "calls through an unmanaged function pointer without SuppressGCTransition");
        }

        if (site.Parameters.Select(parameter => parameter.ParameterType).Append(site.ReturnType).Any(analysis.Types.HoldsReference))
        {
            caller.Report(Rule.ManagedReference, "passes a reference through a function pointer");
        }
    }

    private static bool HasModifier(TypeReference type, string fullName)
    {
        while (type is IModifierType modified)
        {
            if (modified.ModifierType.FullName == fullName)
            {
                return true;
            }

            type = modified.ElementType;
        }

        return false;
    }

    private bool CheckTypeArguments(MethodReference target)
    {
        IEnumerable<TypeReference> arguments = [];
        if (target is GenericInstanceMethod method)
        {
            arguments = method.GenericArguments;
        }

        if (target.DeclaringType is GenericInstanceType type)
        {
            arguments = arguments.Concat(type.GenericArguments);
        }

        foreach (TypeReference argument in arguments)
        {
            if (analysis.Types.HoldsReference(argument))
            {
                caller.Report(Rule.Generics, $"{target.FullName} is generic over {argument.FullName}");
                return false;
            }
        }

        return true;
    }

    /// <summary>A constrained call on a struct that implements the method itself is a plain call; anything else boxes or dispatches.</summary>
    private void CheckConstrained(TypeReference receiver, MethodReference target)
    {
        TypeDefinition? type = receiver is GenericParameter ? null : receiver.Resolve();
        MethodDefinition? implementation = type is { IsValueType: true } ? FindImplementation(type, target) : null;
        if (implementation is null)
        {
            caller.Report(Rule.DynamicDispatch, $"calls {target.FullName} on {receiver.FullName}");
            return;
        }

        Follow(implementation, implementation);
    }

    private static MethodDefinition? FindImplementation(TypeDefinition type, MethodReference target)
    {
        string interfaceName = target.DeclaringType.GetElementType().FullName;
        MethodDefinition[] candidates =
        [
            .. type.Methods.Where(method =>
                (method.Name == target.Name && method.Parameters.Count == target.Parameters.Count && HaveSameTypes(method, target))
                || method.Overrides.Any(o => o.Name == target.Name && o.DeclaringType.GetElementType().FullName == interfaceName)),
        ];
        return candidates.Length == 1 ? candidates[0] : null;
    }

    private static bool HaveSameTypes(MethodDefinition method, MethodReference target)
    {
        for (int i = 0; i < method.Parameters.Count; i++)
        {
            TypeReference wanted = target.Parameters[i].ParameterType;
            if (wanted is GenericParameter { Owner: TypeReference } parameter && target.DeclaringType is GenericInstanceType instance)
            {
                wanted = instance.GenericArguments[parameter.Position];
            }

            if (method.Parameters[i].ParameterType.FullName != wanted.FullName)
            {
                return false;
            }
        }

        return true;
    }

    private void Follow(MethodDefinition definition, MethodReference target)
    {
        if (analysis.IsOwn(definition.Module))
        {
            analysis.Reach(definition, caller.Here);
            return;
        }

        if (!AllowList.AllowsCall(target))
        {
            caller.Report(Rule.ForeignCall, $"calls {target.FullName}");
            return;
        }

        // RuntimeFieldHandle holds a reference, but the compiler replaces CreateSpan by the data's address.
        bool passesReference = definition.Name != "CreateSpan"
            && definition.Parameters.Select(parameter => parameter.ParameterType).Append(definition.ReturnType).Any(analysis.Types.SignatureHoldsReference);
        if (passesReference)
        {
            caller.Report(Rule.ManagedReference, $"calls {target.FullName}, which takes or returns a reference");
        }
    }
}
